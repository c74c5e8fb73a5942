package intake

import (
	"fmt"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// shownIn is the outline of a parcel's body with the photos of galleries and all captions.
func shownIn(p Parcel) string {
	var out []string
	for _, block := range p.Content.Body.Blocks {
		pictures := picturesOf(piece{block: block})
		if len(pictures) == 0 {
			out = append(out, outline(Parcel{Content: press.Content{Body: press.Body{Blocks: []press.Block{block}}}}))
			continue
		}
		var names []string
		for _, picture := range pictures {
			photo, _ := p.PhotoOf(picture.Photo)
			names = append(names, strings.TrimSpace(strings.TrimSuffix(photo.File.Name, ".jpg")+" "+picture.Caption))
		}
		out = append(out, press.BlockType(block)+":"+strings.Join(names, "+"))
	}
	return strings.Join(out, " | ")
}

func TestMarkersInTables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, table, photos, body, notes string }{
		{
			"beside words", "|姓名|作品|\n|-|-|\n|示例甲|【图1】|\n|示例乙|见【图2】|", "1 2",
			"p:a | table:/<姓名><作品>/<示例甲><>/<示例乙><见> | photo:1 | photo:2", "photo.cell",
		},
		{
			"photos and captions", "|【图1】|【图2】|\n|-|-|\n|会场|合影|", "1 2",
			"p:a | gallery:1 会场+2 合影", "",
		},
		{
			"a caption in the cell", "|【图2：合影】|【图1】会场|\n|-|-|", "1 2",
			"p:a | gallery:2 合影+1 会场", "",
		},
		{
			"one is missing", "|【图1】|【图2】|\n|-|-|\n|会场|合影|", "1 3",
			"p:a | table:/<><>/<会场><合影> | photo:1", "photo.marker photo.cell photo.unplaced",
		},
		{"numbers of photos", "|设备|图片 2|\n|-|-|\n|照片 3|图 1|", "1 2 3", "p:a | table:/<设备><图片 2>/<照片 3><图 1> | photo:1 | photo:2 | photo:3", "photo.at_end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := mustRead(t, "a.md", "# T\n\na\n\n"+c.table, jpgs(c.photos)...)
			checkParcel(t, p)
			if got := shownIn(p); got != c.body || noteCodes(p) != c.notes {
				t.Errorf("%s, notes %q; want %s, %q", got, noteCodes(p), c.body, c.notes)
			}
		})
	}
}

func jpgs(names string) (out []string) {
	for name := range strings.FieldsSeq(names) {
		out = append(out, name+".jpg")
	}
	return out
}

func TestGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, photos, body, notes string }{
		{"a\n【组图1-3】\nb", "1 2 3", "p:a | gallery:1+2+3 | p:b", ""},
		{"【组图：图1、图3】\na\n【图2】", "1 2 3", "gallery:1+3 | p:a | photo:2", ""},
		{"a\n【组图】\nb\n【图1】", "1 2 3", "p:a | gallery:2+3 | p:b | photo:1", ""},
		{"a\n【图集】", "IMG_2041 IMG_2040", "p:a | gallery:IMG_2040+IMG_2041", "photo.order"},
		{"a\n【组图】\nb\n【图1】", "1", "p:a | p:b | photo:1", "photo.marker"},
		{"a\n【组图】", "1", "p:a | photo:1", ""},
		{"a\n【组图1-3】\n图为开幕式现场。\nb", "1 2 3", "p:a | gallery:1+2+3 图为开幕式现场。 | p:b", "caption.shared"},
		{"a\n【图1】\n【图2】\n【图3】\n以上图片均为活动现场\nb", "1 2 3", "p:a | photo:1 | photo:2 | photo:3 以上图片均为活动现场 | p:b", "caption.shared"},
		{"a\n【图1】\n▲ 会场\n【图2】\n（以上两图由示例记者团供图）", "1 2", "p:a | photo:1 会场 | photo:2 以上两图由示例记者团供图", "caption.shared"},
		{"a\n【图1】\n以上为本次会议的主要内容。", "1", "p:a | photo:1 | p:以上为本次会议的主要内容。", ""},
	} {
		p := mustRead(t, "a.txt", "T\n"+c.text, jpgs(c.photos)...)
		checkParcel(t, p)
		if got := shownIn(p); got != c.body || noteCodes(p) != c.notes {
			t.Errorf("%q: %s, notes %q; want %s, %q", c.text, got, noteCodes(p), c.body, c.notes)
		}
	}
}

// TestMissingSpan: a marker of many photos that did not come is one remark, which names them all.
func TestMissingSpan(t *testing.T) {
	t.Parallel()
	for marker, want := range map[string]string{
		"【图1-30】": "图3至图30", "【图1、4、6、7】": "图4、图6、图7", "【图2-5】": "图3至图5", "【图9】": "图9",
	} {
		p := mustRead(t, "a.txt", "T\na\n"+marker, "图1.jpg", "图2.jpg")
		var said []string
		for _, n := range p.Notes {
			if n.Code == "photo.marker" {
				said = append(said, n.Text.ZH)
			}
		}
		if len(said) != 1 || !strings.Contains(said[0], fmt.Sprintf("“%s”", want)) {
			t.Errorf("%s: %q, want one remark that names %s", marker, said, want)
		}
	}
}
