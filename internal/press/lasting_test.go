package press

import (
	"testing"
	"time"
)

func TestLasting(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]Text{
		-time.Second:            {EN: "0 seconds", ZH: "0 秒"},
		400 * time.Millisecond:  {EN: "0 seconds", ZH: "0 秒"},
		time.Second:             {EN: "1 second", ZH: "1 秒"},
		30 * time.Minute:        {EN: "30 minutes", ZH: "30 分钟"},
		time.Hour + time.Second: {EN: "1 hour", ZH: "1 小时"},
		time.Hour + 12*time.Minute + 3*time.Second: {EN: "1 hour 12 minutes", ZH: "1 小时 12 分钟"},
		49 * time.Hour: {EN: "2 days 1 hour", ZH: "2 天 1 小时"},
	} {
		if got := Lasting(d); got != want {
			t.Errorf("%s: %+v, want %+v", d, got, want)
		}
	}
}
