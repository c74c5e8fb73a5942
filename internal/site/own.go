package site

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // a logo may be one
	_ "image/png"  // or this
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// Bounds of a school's own folder.
const (
	maxOwnFiles   = 100
	maxOwnText    = 256 << 10
	maxOwnPicture = 512 << 10
)

var (
	ownStyles = []string{"tokens.css", "style.css"}
	ownLogos  = []string{"logo.svg", "logo.png", "logo.jpg"}
	ownIcons  = []string{"favicon.svg", "favicon.png", "favicon.ico"}
)

// own is a school's folder: what it holds, and how to speak of it.
type own struct {
	dir   string
	files sources
}

// readOwn reads a school's own folder; src is what the theme has. A file of any other name is refused, because it would
// be a template that was misspelt and never used. Those that begin with a dot or README are nobody's concern.
func readOwn(dir string, src sources) (own, error) {
	o := own{dir: dir, files: sources{}}
	if dir == "" {
		return o, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return o, o.unreadable("", err)
	}
	defer root.Close()
	list, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return o, o.unreadable("", err)
	}
	if len(list) > maxOwnFiles {
		return o, o.bad("", 0, fmt.Sprintf("it holds more than %d files", maxOwnFiles), fmt.Sprintf("文件超过 %d 个", maxOwnFiles))
	}
	known := o.known(src)
	for _, f := range list {
		name := f.Name()
		switch {
		case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "README"):
			continue
		case !slices.Contains(known, name):
			return o, o.unknown(name, known)
		}
		if o.files[name], err = o.read(root, name); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (o own) known(src sources) []string {
	known := slices.Concat(ownStyles, ownLogos, ownIcons)
	for _, name := range sortedKeys(src) {
		if path.Ext(name) == ".html" {
			known = append(known, name)
		}
	}
	return known
}

func (o own) read(root *os.Root, name string) ([]byte, error) {
	limit := maxOwnText
	if !slices.Contains([]string{".html", ".css"}, path.Ext(name)) {
		limit = maxOwnPicture
	}
	info, err := root.Stat(name)
	if err == nil && !info.Mode().IsRegular() { // to open a pipe would wait for somebody who writes into it
		return nil, o.bad(name, 0, "it is no file", "不是普通文件")
	}
	if err != nil {
		return nil, o.unreadable(name, err)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, o.unreadable(name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	switch {
	case err != nil:
		return nil, o.unreadable(name, err)
	case len(data) > limit:
		return nil, o.bad(name, 0, fmt.Sprintf("it is larger than %d KB", limit>>10), fmt.Sprintf("大小超过 %d KB", limit>>10))
	}
	return data, nil
}

// first returns the first of some files that is there.
func (o own) first(names []string) (sign, bool) {
	for _, name := range names {
		if data, ok := o.files[name]; ok {
			return sign{name, data}, true
		}
	}
	return sign{}, false
}

// wideLogo is from which proportion a logo is taken to hold the school's name already.
const wideLogo = 2.5

// logo is a school's own mark in the masthead. One that is much wider than high holds the name already.
type logo struct {
	sign
	URL           string
	Width, Height int
	Named         bool
}

func (o own) logo() (*logo, error) {
	found, ok := o.first(ownLogos)
	if !ok {
		return nil, nil //nolint:nilnil // a school need not have one
	}
	out := &logo{sign: found}
	var err error
	if path.Ext(found.name) == ".svg" {
		out.Width, out.Height, err = svgSize(found.data)
	} else {
		var c image.Config
		c, _, err = image.DecodeConfig(bytes.NewReader(found.data))
		out.Width, out.Height = c.Width, c.Height
	}
	if err == nil && (out.Width < 1 || out.Height < 1 || out.Width > 10_000 || out.Height > 10_000) {
		err = fmt.Errorf("%d × %d", out.Width, out.Height)
	}
	if err != nil {
		return nil, o.bad(found.name, 0, "it is no picture whose size can be read ("+err.Error()+")", "不是能读出尺寸的图片（"+err.Error()+"）")
	}
	out.Named = float64(out.Width) >= wideLogo*float64(out.Height)
	return out, nil
}

// svgSize reads a drawing's size from its view box, or from its width and height.
func svgSize(data []byte) (width, height int, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if err != nil {
			return 0, 0, err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != "svg" {
			return 0, 0, errors.New("<" + start.Name.Local + ">")
		}
		size := map[string]string{}
		for _, a := range start.Attr {
			size[a.Name.Local] = a.Value
		}
		if box := strings.Fields(strings.ReplaceAll(size["viewBox"], ",", " ")); len(box) == 4 {
			size["width"], size["height"] = box[2], box[3]
		}
		w, errW := strconv.ParseFloat(strings.TrimSuffix(size["width"], "px"), 64)
		h, errH := strconv.ParseFloat(strings.TrimSuffix(size["height"], "px"), 64)
		return int(math.Ceil(min(w, 1e6))), int(math.Ceil(min(h, 1e6))), errors.Join(errW, errH)
	}
}

// bad is what is wrong with a file of the folder, and where. Line 0: with the file as a whole; no name: with the folder.
func (o own) bad(name string, line int, en, zh string) error {
	where := filepath.Join(o.dir, name)
	inEN, inZH := where, where
	if line > 0 {
		inEN, inZH = fmt.Sprintf("%s, line %d", where, line), fmt.Sprintf("%s 第 %d 行", where, line)
	}
	return press.Fail(press.Invalid, "site.look", press.Text{
		EN: "The website's own look (site.templates) cannot be used: " + inEN + ": " + en + ". Mend it there; nothing was started with half of it.",
		ZH: "网站自定义外观（site.templates）不可用：" + inZH + "：" + zh + "。请修正后重试，系统未以残缺的外观启动。",
	})
}

func (o own) unreadable(name string, err error) error {
	return o.bad(name, 0, "it cannot be read ("+err.Error()+")", "无法读取（"+err.Error()+"）")
}

func (o own) unknown(name string, known []string) error {
	en, zh := "there can be "+strings.Join(known, ", "), "可用的文件名："+strings.Join(known, "、")
	if near := nearest(name, known); near != "" {
		en, zh = "perhaps "+near+" is meant", "是否应为 "+near
	}
	return o.bad(name, 0, "no page uses a file of this name; "+en, "没有页面使用这个名称的文件，"+zh)
}

// nearest returns the name that was probably meant: one that two slips of the hand make of it.
func nearest(name string, names []string) string {
	best, slips := "", 3
	for _, n := range names {
		if d := distance(name, n); d < slips {
			best, slips = n, d
		}
	}
	return best
}

// distance counts the letters to put in, leave out or change that make one word another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := last
			if a[i] != b[j] {
				change++
			}
			last = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
