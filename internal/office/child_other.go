//go:build !linux

package office

import (
	"context"
	"errors"
)

// bounded is false: without Linux's limits and process groups a child cannot be held within bounds, so there is no converter.
const bounded = false

func (c *Converter) child(context.Context, string, []string, []string) (string, error) {
	return "", errors.New("office: not on this system")
}
