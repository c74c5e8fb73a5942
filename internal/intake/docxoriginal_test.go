package intake

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
)

// TestWordOriginals hands in a document with the files that its pictures were made of.
func TestWordOriginals(t *testing.T) {
	t.Parallel()
	named := func(id, name string) string {
		return `<w:p>` + strings.Replace(wpic(id, 500, 300, "", "", ""), `<pic:cNvPr id="0" name="图片 1"/>`, `<pic:cNvPr id="0" name="`+name+`"/>`, 1) + `</w:p>`
	}
	body := wps("a3", "标题") + named("p1", "开幕式.png") + named("p2", "合影.png") + wp("正文。")
	file := func(name string, width, height int) File {
		var data bytes.Buffer
		if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
			t.Fatal(err)
		}
		return embedded(name, data.Bytes())
	}
	files := []File{embedded("稿.docx", wordBody(body).pack()), file("原图/开幕式.png", 40, 40), file("原图/合影.png", 40, 30)}
	p, err := Read(files, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	checkParcel(t, p)
	want := "标题\nphoto 原图/开幕式.png\nphoto 合影.png\np 正文。\nnotes photo.original photo.unplaced"
	if got := wordOutline(p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestWordWithMarkers is a document without pictures whose photos lie beside it.
func TestWordWithMarkers(t *testing.T) {
	t.Parallel()
	body := wps("a3", "标题") + wp("正文一。") + wp("【图1】") + wp("▲ 会场") + wp("正文二。") + wp("IMG_2.JPG") + wp("正文三。")
	files := append([]File{embedded("稿.docx", wordBody(body).pack())}, parcelOf("", "", "图1.jpg", "img_2.jpg")[1:]...)
	p, err := Read(files, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	checkParcel(t, p)
	if got := wordOutline(p); got != "标题\np 正文一。\nphoto 图1.jpg “会场”\np 正文二。\nphoto img_2.jpg\np 正文三。" {
		t.Errorf("got\n%s", got)
	}
}
