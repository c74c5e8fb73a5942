package press

import (
	"fmt"
	"time"
)

// Lasting says how long something takes, as people do: the two largest units that it has, none below a second.
func Lasting(d time.Duration) Text {
	units := []struct {
		of      time.Duration
		one, en string
		zh      string
	}{
		{24 * time.Hour, "day", "days", "天"},
		{time.Hour, "hour", "hours", "小时"},
		{time.Minute, "minute", "minutes", "分钟"},
		{time.Second, "second", "seconds", "秒"},
	}
	d = max(d, 0).Round(time.Second)
	var out Text
	said := 0
	for i, u := range units {
		n := d / u.of
		if n == 0 && (said > 0 || i < len(units)-1) {
			if said > 0 {
				break // what is left is too little to matter
			}
			continue
		}
		name := u.en
		if n == 1 {
			name = u.one
		}
		if said > 0 {
			out.EN, out.ZH = out.EN+" ", out.ZH+" "
		}
		out.EN, out.ZH = out.EN+fmt.Sprintf("%d %s", n, name), out.ZH+fmt.Sprintf("%d %s", n, u.zh)
		d -= n * u.of
		if said++; said == 2 {
			break
		}
	}
	return out
}
