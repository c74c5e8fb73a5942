package press

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAttachmentName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("名", 300)
	for name, want := range map[string]string{
		"附件1：名单.PDF":                    "附件1：名单.pdf",
		"../../etc/passwd.txt":          "passwd.txt",
		`C:\稿件\a.docx`:                  "a.docx",
		"..\\..\\.pdf":                  "附件.pdf",
		"a\u202efdp.exe.txt":            "afdp.exe.txt",
		"a\u200b\ufeff b\x00\n　c.csv":   "a b c.csv",
		"CON.pdf":                       "_CON.pdf",
		"com1.tar.pdf":                  "_com1.tar.pdf",
		"console.pdf":                   "console.pdf",
		`"<b>*?|:.pdf`:                  "__b_____.pdf",
		" . .名单 . .pdf":                 "名单.pdf",
		"\xff\xfe.pdf":                  "附件.pdf",
		long + ".docx":                  strings.Repeat("名", 75) + ".docx",
		long:                            strings.Repeat("名", 80),
		"a." + strings.Repeat("b", 100): "a." + strings.Repeat("b", 78),
		strings.Repeat("𠮷", 80):         strings.Repeat("𠮷", 60), // four bytes each
		"":                              "附件",
	} {
		got := AttachmentName(name)
		if got != want || AttachmentName(got) != got || utf8.RuneCountInString(got) > MaxAttachmentName || len(got) > 240 {
			t.Errorf("AttachmentName(%q) = %q, again %q; want %q", name, got, AttachmentName(got), want)
		}
	}
}

// TestAttachmentsOfContent: contents without attachments keep their hash; the order, the names and the files of others are in it.
func TestAttachmentsOfContent(t *testing.T) {
	t.Parallel()
	plain := Content{Title: "a"}.Normalize()
	if data, err := EncodeJSON(plain); err != nil || strings.Contains(string(data), "attachments") {
		t.Errorf("without attachments: %s, %v", data, err)
	}
	x, y := Attachment{DigestOf([]byte("x")), "x.pdf", 1}, Attachment{DigestOf([]byte("y")), "y.pdf", 1}
	with := func(list ...Attachment) Content { return Content{Title: "a", Attachments: list}.Normalize() }
	renamed := x
	renamed.Name = "z.pdf"
	hashes := map[ContentHash]bool{}
	for _, c := range []Content{plain, with(x), with(x, y), with(y, x), with(renamed)} {
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		hashes[c.Hash()] = true
	}
	if len(hashes) != 5 || with(x, x).Hash() != with(x).Hash() {
		t.Errorf("%d different hashes of 5 contents", len(hashes))
	}
	for code, list := range map[string][]Attachment{
		"attachment.kind":   {{x.File, "x.exe", 1}},
		"attachment.macros": {{x.File, "x.xlsm", 1}},
		"attachment.file":   {{"../x", "x.pdf", 1}},
		"attachment.empty":  {{x.File, "x.pdf", 0}},
		"attachment.bytes":  {{x.File, "x.pdf", MaxAttachmentBytes + 1}},
		"attachment.name":   {{x.File, "a/x.pdf", 1}},
	} {
		if err := (Content{Attachments: list}).Check(); CodeOf(err) != code {
			t.Errorf("%+v: %v, want %s", list, err, code)
		}
	}
	half := Content{Attachments: []Attachment{{x.File, "half a na\x00me", 1}}}
	if typed, err := half.Typed(); err != nil || typed.Attachments[0].Name != "half a name" {
		t.Errorf("a name that is being typed: %+v, %v", typed.Attachments, err)
	}
	for size, want := range map[int64]string{1: "1 B", 1023: "1023 B", 1024: "1 KB", 1<<20 - 1: "1 MB", 340 << 10: "340 KB", 5 << 19: "2.5 MB", 20 << 20: "20 MB"} {
		if got := (Attachment{Size: size}).SizeText(); got != want {
			t.Errorf("%d bytes: %q, want %q", size, got, want)
		}
	}
}
