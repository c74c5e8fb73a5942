package cli

import (
	"io"
	"os"

	"github.com/spf13/pflag"

	"newsdesk/internal/press"
)

// lookFlags are how a column's photos and captions look.
type lookFlags struct {
	caption, picture, corner string
	width, opacity           int
	none                     bool
}

func (l *lookFlags) flags(e *env, f *pflag.FlagSet) {
	f.StringVar(&l.caption, "caption", "", e.say("`style` of captions: theme, marked (▲ in front), left; empty: the outer column's", "图注`样式`：theme 按主题、marked 前加 ▲、left 左对齐；空表示沿用上级栏目"))
	f.StringVar(&l.picture, "watermark", "", e.say("`picture file` of the watermark, best a PNG that is see-through; empty takes it away", "水印`图片文件`，建议用背景透明的 PNG；空表示取消"))
	f.StringVar(&l.corner, "watermark-corner", "", e.say("`place` of the watermark: bottom-right, bottom-left, top-right, top-left, middle", "水印`位置`：bottom-right、bottom-left、top-right、top-left、middle"))
	f.IntVar(&l.width, "watermark-width", 0, e.say("width of the watermark in `percent` of the photo's", "水印宽度占图片的`百分比`"))
	f.IntVar(&l.opacity, "watermark-opacity", 0, e.say("opacity of the watermark in `percent`", "水印不透明度（`百分比`）"))
	f.BoolVar(&l.none, "no-watermark", false, e.say("no watermark, and not the outer column's either", "不加水印，也不沿用上级栏目"))
}

// merge changes what flags were given for, and reads the picture of a watermark that is new.
func (l *lookFlags) merge(f *pflag.FlagSet, rules *press.ColumnRules) (picture []byte, changed bool, err error) {
	if f.Changed("caption") {
		rules.Caption, changed = press.CaptionStyle(l.caption), true
	}
	mark := press.Watermark{}
	if now := rules.Watermark.Shown(); now != nil {
		mark = *now
	}
	described := false
	for name, put := range map[string]func(){
		"watermark-corner": func() { mark.Corner = press.Corner(l.corner) }, "watermark-width": func() { mark.Width = l.width },
		"watermark-opacity": func() { mark.Opacity = l.opacity },
	} {
		if f.Changed(name) {
			put()
			described = true
		}
	}
	named := f.Changed("watermark")
	switch {
	case l.none && (named || described):
		return nil, false, usage("--no-watermark and other flags of a watermark exclude each other.", "--no-watermark 不能与其他水印参数同时使用。")
	case l.none:
		rules.Watermark = &press.Watermark{Off: true}
	case named && l.picture == "":
		rules.Watermark = nil
	case named:
		rules.Watermark = &mark
		picture, err = readMark(l.picture)
	case described:
		rules.Watermark = &mark
	default:
		return nil, changed, nil
	}
	return picture, true, err
}

// readMark reads one byte more than a watermark may have, so that the server says what is wrong with it.
func readMark(name string) ([]byte, error) {
	unread := press.Fail(press.Invalid, "watermark.file", press.Say("The file %s cannot be read.", "无法读取文件 %s。", name))
	file, err := os.Open(name)
	if err != nil {
		return nil, unread.Because(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, press.MaxWatermarkBytes+1))
	switch {
	case err != nil:
		return nil, unread.Because(err)
	case len(data) == 0:
		return nil, press.Fail(press.Invalid, "watermark.photo", press.Say("The file %s is empty.", "文件 %s 为空。", name))
	}
	return data, nil
}
