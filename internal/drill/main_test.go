//go:build unix

package drill_test

import (
	"os"
	"testing"

	"newsdesk/internal/drill"
)

func TestMain(m *testing.M) { os.Exit(drill.Main(m)) }
