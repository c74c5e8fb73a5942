package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestMarksOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, want string }{
		{"【图1】", "1"},
		{"（图2）", "2"},
		{"(图2)", "2"},
		{"[图 3]", "3"},
		{"［图３］", "3"},
		{"图一", "1"},
		{"<图4>", "4"},
		{"【照片1】", "1"},
		{"【图1-3】", "1 2 3"},
		{"【图1、2】", "1 2"},
		{"【图1、图3】", "1 3"},
		{"此处插图3", "3"},
		{"（此处插入图5）", "5"},
		{"(Photo 1)", "1"},
		{"[pic 2]", "2"},
		{"Fig. 12", "12"},
		{"【图十二】", "12"},
		{"【图二十】", "20"},
		{"【第3张图】", "3"},
		{"　　【图1】　", "1"},
		{"【图1】【图2】", "1 | 2"},
		{"【图片】", "next"},
		{"（插图）", "next"},
		{"此处插图", "next"},
		{"图1：会场", "1 会场"},
		{"图1 会场全景", "1 会场全景"},
		{"【图2：校长致辞】", "2 校长致辞"},
		{"【图2】校长致辞", "2 校长致辞"},
		{"图三、颁奖", "3 颁奖"},
		{"大会隆重举行。【图1】", "1"},
		{"校长讲话（图2）。", "2"},
		{"【图1】会议指出，要坚持立德树人。", "1"},
		{"开幕。【图1】接着讲话。【图2】", "1 | 2"},
		{"如图1所示，人数增加。", ""},
		{"图1所示", ""},
		{"图1显示了人数", ""},
		{"参见（图1）和其他内容", ""},
		{"图书馆", ""},
		{"图10000", ""},
		{"2024年", ""},
		{"【图0】", ""},
		{"图1：今年招生人数增加。明年还会增加。", ""},
		{"第一张图片里的人", ""},
		{"图文并茂", ""},
		{"一图读懂", ""},
		{"【图1-900】", ""},
	} {
		var got []string
		for _, m := range marksOf(c.line) {
			text := strings.Trim(fmt.Sprint(m.numbers), "[]")
			if len(m.numbers) == 0 {
				text = "next"
			}
			got = append(got, strings.TrimSpace(text+" "+m.caption))
		}
		if strings.Join(got, " | ") != c.want {
			t.Errorf("%q is %q, want %q", c.line, got, c.want)
		}
	}
}

func TestMarkersPlacePhotos(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		photos     []string
		body       string
		notes      string
	}{
		{"by number", "T\na\n【图2】\nb\n（图1）", []string{"图1.jpg", "图2.jpg"}, "p:a | photo:图2.jpg | p:b | photo:图1.jpg", ""},
		{"numbers before words", "T\na\n【图2】\nb\n【图1】", []string{"01-会场.jpg", "02-合影.jpg"}, "p:a | photo:02-合影.jpg | p:b | photo:01-会场.jpg", ""},
		{"a series", "T\na【图10】\nb", []string{"校庆1.jpg", "校庆10.jpg", "校庆2.jpg"}, "p:a | photo:校庆10.jpg | p:b", "photo.unplaced photo.unplaced"},
		{"cameras' names", "T\na\n【图1】\nb\n【图2】", []string{"IMG_2034.jpg", "IMG_2031.HEIC"}, "p:a | photo:IMG_2031.HEIC | p:b | photo:IMG_2034.jpg", "photo.order"},
		{"padded cameras' names", "T\na\n【图2】", []string{"IMG_0001.jpg", "IMG_0002.jpg"}, "p:a | photo:IMG_0002.jpg", "photo.unplaced"},
		{"cameras' small numbers", "T\na\n【图1】", []string{"IMG_0012.jpg", "IMG_0013.jpg"}, "p:a | photo:IMG_0012.jpg", "photo.order photo.unplaced"},
		{"more markers", "T\na\n【图1】\n【图2】\n【图3】", []string{"1.jpg"}, "p:a | photo:1.jpg", "photo.marker photo.marker"},
		{"more photos", "T\na\n【图1】", []string{"1.jpg", "2.jpg"}, "p:a | photo:1.jpg", "photo.unplaced"},
		{"next ones", "T\na\n【图片】\nb\n（插图）\nc\n【图】", []string{"b.jpg", "a.jpg"}, "p:a | photo:a.jpg | p:b | photo:b.jpg | p:c", "photo.order photo.marker"},
		{"a span", "T\na【图1-3】", []string{"1.jpg", "2.jpg", "3.jpg"}, "p:a | photo:1.jpg | photo:2.jpg | photo:3.jpg", ""},
		{"two folders with one number", "T\na\n【图1】", []string{"x/1.jpg", "y/1.jpg"}, "p:a", "photo.ambiguous photo.unplaced photo.unplaced"},
		{"first line", "【图1】\nT\na", []string{"1.jpg"}, "photo:1.jpg | p:a", ""},
		{"names win", "T\na\nb.jpg\n【图1】", []string{"b.jpg", "a.jpg"}, "p:a | photo:b.jpg | photo:a.jpg", "photo.order"},
		{"no photos at all", "T\na\n【图1】", nil, "p:a", "photo.marker"},
		{"none named: the end", "T\na", []string{"b.jpg", "a.jpg"}, "p:a | photo:a.jpg | photo:b.jpg", "photo.at_end"},
		{"none named: too many", "T\na", []string{"1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "6.jpg", "7.jpg", "8.jpg", "9.jpg", "10.jpg"}, "p:a", "photo.nowhere" + strings.Repeat(" photo.unplaced", 10)},
		{"a cover", "T\na", []string{"封面.jpg", "a.jpg"}, "p:a | photo:a.jpg", "photo.at_end photo.cover"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, document := range []string{"a.txt", "a.md"} {
				text := c.text
				if document == "a.md" {
					text = "# " + strings.ReplaceAll(text, "\n", "\n\n")
					if strings.HasPrefix(c.text, "【") {
						continue
					}
				}
				p := mustRead(t, document, text, c.photos...)
				checkParcel(t, p)
				if outline(p) != c.body || noteCodes(p) != c.notes {
					t.Errorf("%s: %s, notes %q; want %s, %q", document, outline(p), noteCodes(p), c.body, c.notes)
				}
			}
		})
	}
}

func TestCoverByName(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.txt", "T\na\n【图1】", "封面.jpg", "1.jpg")
	cover, _ := p.PhotoOf(p.Content.Cover.Photo)
	if cover.File.Name != "封面.jpg" || !cover.Placed || outline(p) != "p:a | photo:1.jpg" {
		t.Errorf("cover %s, body %s", cover.File.Name, outline(p))
	}
}

// A document on its own brings photos along by their numbers, never by the order of whatever lies in its folder.
func TestDocumentBringsNumberedPhotos(t *testing.T) {
	t.Parallel()
	for photos, want := range map[string]string{"图1.jpg 图2.jpg 图3.jpg": "a.txt 图2.jpg", "holiday.jpg cat.jpg": "a.txt"} {
		files := map[string]string{"a.txt": "T\na\n【图2】"}
		for name := range strings.FieldsSeq(photos) {
			files[name] = name
		}
		found, err := FromPaths([]string{folder(t, files) + "/a.txt"})
		if err != nil || namesOf(found) != want {
			t.Errorf("beside %s: %s, %v; want %s", photos, namesOf(found), err, want)
		}
	}
}

func TestTheSamePhotoTwice(t *testing.T) {
	t.Parallel()
	files := parcelOf("a.txt", "T\na\n二.jpg\nb\n一.jpg")
	files = append(files, embedded("一.jpg", []byte("same")), embedded("二.jpg", []byte("same")), embedded("三.jpg", []byte("else")))
	p, err := Read(files, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if outline(p) != "p:a | photo:一.jpg | p:b | photo:一.jpg" || noteCodes(p) != "photo.twice photo.unplaced" || len(p.Photos) != 2 {
		t.Errorf("%s, notes %q, %d photos; want one photo under both names", outline(p), noteCodes(p), len(p.Photos))
	}
}

func FuzzMarkers(f *testing.F) {
	for _, seed := range []string{
		"标题\n【图1】\n正文。【图2】【图3】\n图一：会场\n（图1-3）。\n[pic 2] x", "T\nPhoto 1\nphoto 2: a hall\n<Fig. 3>\n▲ x\n图为甲", "t\n【图１０】中【图】二\n（插图）\n图9999",
		"t\n" + strings.Repeat("【图1】", 50), "t\n图1.jpg\n图1 a\n图2\n张三 摄\n▼ x\n2.jpg", "t\n【图1、图2至9】" + strings.Repeat("（", 300),
		"t\n【组图1-3】\n图为甲\n【组图】\n以上图片均为乙\n（图集：图2）\n【图1-200】",
	} {
		f.Add(seed, "图1.jpg\n2.jpg\n校庆3.png")
		f.Add(seed, "0 nothing\n图0 x\n000：y")
		f.Add(seed, "IMG_2031.jpg\nIMG_2032.jpg\n校长在开幕式上讲话.jpg\n封面.jpg")
	}
	f.Fuzz(func(t *testing.T, text, names string) {
		files := parcelOf("a.txt", text, slices.DeleteFunc(strings.Split(names, "\n"), func(n string) bool { return !isPhoto(n) })...)
		files = append(files, embedded("图片说明.txt", []byte(names)))
		first, err := Read(files, DefaultLimits())
		second, _ := Read(files, DefaultLimits())
		if err != nil {
			return
		}
		checkParcel(t, first)
		if first.Content.Hash() != second.Content.Hash() || noteCodes(first) != noteCodes(second) {
			t.Fatalf("two readings differ: %s and %s", outline(first), outline(second))
		}
	})
}
