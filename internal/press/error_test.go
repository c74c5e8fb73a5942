package press_test

import (
	"errors"
	"testing"

	"newsdesk/internal/press"
)

func TestRecover(t *testing.T) {
	t.Parallel()
	risky := func(fall bool) (err error) {
		defer press.Recover(&err)
		if fall {
			panic("a picture that no decoder foresaw")
		}
		return errors.New("an ordinary error")
	}
	if err := risky(true); press.KindOf(err) != press.Internal || err == nil {
		t.Errorf("after a panic: %v, want an internal error", err)
	}
	if err := risky(false); err.Error() != "an ordinary error" {
		t.Errorf("without a panic: %v", err)
	}
	if text := press.TextOf(risky(true)); text.EN == "" || text.ZH == "" || len(text.EN) > 200 {
		t.Errorf("shown of a panic: %+v", text)
	}
}
