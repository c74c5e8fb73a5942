package intake

import (
	"archive/zip"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"newsdesk/internal/press"
)

// compound is a compound file with one entry in its directory, and a stream that begins as a .doc does.
func compound(entry string, flags uint16) string {
	data := make([]byte, 4096)
	copy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	binary.LittleEndian.PutUint16(data[30:], 9) // sectors of 512 bytes
	binary.LittleEndian.PutUint32(data[48:], 1) // the directory is the second one
	directory := data[1024:]
	for i, unit := range utf16.Encode([]rune(entry)) {
		binary.LittleEndian.PutUint16(directory[2*i:], unit)
	}
	binary.LittleEndian.PutUint16(directory[64:], uint16(2*len(entry)+2))
	binary.LittleEndian.PutUint32(directory[116:], 3) // its stream is the fourth sector
	binary.LittleEndian.PutUint16(data[2048:], 0xA5EC)
	binary.LittleEndian.PutUint16(data[2058:], flags)
	return string(data)
}

// TestBadParcels: what people hand in by mistake is answered with what it is and what to do.
func TestBadParcels(t *testing.T) {
	t.Parallel()
	text, photo := entry{name: "稿件.txt", data: "示例标题\n正文。\n"}, entry{name: "图1.jpg", data: "\xff\xd8\xff"}
	locked := func(h *zip.FileHeader) { h.Flags |= 1 }
	zips := func(entries ...entry) map[string]string {
		return map[string]string{"稿件.zip": string(zipped(t, entries...))}
	}
	for name, c := range map[string]struct {
		files      map[string]string
		code, says string // empty: it is taken all the same
	}{
		"a zip of nothing":            {zips(), "zip.empty", "“稿件.zip”是空的"},
		"a zip of empty folders":      {zips(entry{name: "稿件/"}), "zip.empty", "“稿件.zip”是空的"},
		"a zip of no bytes":           {map[string]string{"稿件.zip": ""}, "zip.broken", "不完整"},
		"a zip with a password":       {zips(entry{name: "稿件.txt", data: "x", header: locked}), "zip.locked", "去掉密码"},
		"a rar":                       {map[string]string{"稿件.rar": "Rar!\x1a\x07\x01\x00"}, "parcel.packed", "“稿件.rar”"},
		"a rar that is called a zip":  {map[string]string{"稿件.zip": "Rar!\x1a\x07\x01\x00"}, "parcel.packed", "“稿件.zip”"},
		"a 7z":                        {map[string]string{"稿件.7z": "7z\xbc\xaf\x27\x1c"}, "parcel.packed", "“稿件.7z”"},
		"a zip in a zip in a zip":     {zips(entry{name: "b.zip", data: string(zipped(t, entry{name: "c.zip", data: string(zipped(t, text))}))}), "zip.deep", "c.zip”"},
		"what Word keeps meanwhile":   {zips(entry{name: "~$稿件.docx", data: "x"}, photo), "document.temporary", "关闭 Word"},
		"a shortcut":                  {map[string]string{"稿件.docx - 快捷方式.lnk": "L\x00\x00\x00"}, "document.shortcut", "快捷方式"},
		"what systems leave behind":   {zips(entry{name: "__MACOSX/._a.docx", data: "x"}, entry{name: ".DS_Store", data: "x"}, entry{name: "Thumbs.db", data: "x"}), "parcel.no_document", "系统自动生成"},
		"a program":                   {map[string]string{"稿件.exe": "MZ\x90"}, "parcel.no_document", "“稿件.exe”不是文档"},
		"a program called a document": {map[string]string{"稿件.docx": "MZ\x90"}, "document.damaged", "“稿件.docx”"},
		"half a download":             {map[string]string{"稿件.docx.crdownload": "PK\x03\x04x"}, "document.half", "还没有下载完"},
		"a document of no bytes":      {map[string]string{"稿件.docx": ""}, "document.empty", "0 字节"},
		"a text of no bytes":          {map[string]string{"稿件.txt": ""}, "document.empty", "0 字节"},
		"a docx with a password":      {map[string]string{"稿件.docx": compound("EncryptedPackage", 0)}, "document.locked", "取消密码"},
		"a doc with a password":       {map[string]string{"稿件.doc": compound("WordDocument", 0x0100)}, "document.locked", "取消密码"},
		"a doc without one":           {map[string]string{"稿件.doc": compound("WordDocument", 0x0200)}, "document.office", "LibreOffice"},
		"a page called a docx":        {map[string]string{"稿件.docx": "<html><h1>示例标题</h1><p>正文。</p></html>"}, "", ""},
		"a pdf":                       {map[string]string{"稿件.pdf": "%PDF-1.7"}, "parcel.unsupported", "“稿件.pdf”"},
		"only photos":                 {zips(photo), "parcel.no_document", "只有 1 张图片"},
		"a name without end":          {zips(entry{name: strings.Repeat("长", 20_000) + ".txt", data: text.data}), "", ""},
		"a film that says 3 GB":       {zips(text, entry{name: "录像.mp4", data: strings.Repeat("0", 3<<20)}), "", ""},
		"junk beside the article":     {zips(text, entry{name: "~$稿件.docx", data: "x"}, entry{name: "a.lnk", data: "x"}), "", ""},
		"an empty zip beside it":      {map[string]string{"稿件.txt": text.data, "图片.zip": string(zipped(t))}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var files []File
			for name, data := range c.files {
				files = append(files, embedded(name, []byte(data)))
			}
			p, err := Read(files, DefaultLimits())
			said := press.TextOf(err)
			if (err == nil) != (c.code == "") || err != nil && press.CodeOf(err) != c.code || !strings.Contains(said.ZH, c.says) {
				t.Errorf("%v: %+v, want %s with %s", press.CodeOf(err), said, c.code, c.says)
			}
			if err != nil && (len(said.ZH) > 400 || strings.Contains(said.EN+said.ZH, "TAKEN") || said.EN == "") {
				t.Errorf("no sentence for a person: %+v", said)
			}
			if err == nil && p.Content.Title != "示例标题" {
				t.Errorf("title %q", p.Content.Title)
			}
		})
	}
}
