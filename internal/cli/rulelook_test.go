package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/spf13/pflag"

	"newsdesk/internal/press"
)

// TestLookFlags changes what flags are given for and leaves the rest of a column's look.
func TestLookFlags(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "seal.png")
	if err := os.WriteFile(name, []byte("seal"), 0o600); err != nil {
		t.Fatal(err)
	}
	now := press.ColumnRules{PhotosLeast: 3, Watermark: &press.Watermark{Photo: press.DigestOf([]byte("old")), Corner: press.TopLeft, Width: 20}}
	with := func(change func(*press.Watermark)) press.ColumnRules {
		out, mark := now, *now.Watermark
		change(&mark)
		out.Watermark = &mark
		return out
	}
	captioned, bare := now, now
	captioned.Caption, bare.Watermark = press.CaptionLeft, nil
	off := bare
	off.Watermark = &press.Watermark{Off: true}
	for _, c := range []struct {
		args    []string
		want    press.ColumnRules
		picture string
		changed bool
		code    string
	}{
		{nil, now, "", false, ""},
		{[]string{"--caption", "left"}, captioned, "", true, ""},
		{[]string{"--watermark-opacity", "40"}, with(func(w *press.Watermark) { w.Opacity = 40 }), "", true, ""},
		{[]string{"--watermark", name, "--watermark-corner", "middle"}, with(func(w *press.Watermark) { w.Corner = press.Middle }), "seal", true, ""},
		{[]string{"--watermark", ""}, bare, "", true, ""},
		{[]string{"--no-watermark"}, off, "", true, ""},
		{[]string{"--no-watermark", "--watermark-width", "20"}, now, "", false, "usage"},
		{[]string{"--watermark", name + ".missing"}, now, "", true, "watermark.file"},
	} {
		e, _ := testEnv(press.English)
		var look lookFlags
		f := pflag.NewFlagSet("rules", pflag.ContinueOnError)
		look.flags(e, f)
		if err := f.Parse(c.args); err != nil {
			t.Fatal(err)
		}
		rules := now
		picture, changed, err := look.merge(f, &rules)
		if !reflect.DeepEqual(rules, c.want) || string(picture) != c.picture || changed != c.changed || (err == nil) != (c.code == "") || err != nil && press.CodeOf(err) != c.code {
			t.Errorf("%q: %+v, %q, %t, %v", c.args, rules, picture, changed, err)
		}
	}
}
