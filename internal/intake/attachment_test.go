package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// zipParts is a zip of empty parts.
func zipParts(tb testing.TB, parts ...string) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range parts {
		if _, err := w.Create(name); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// TestAttachmentDirectory: a directory longer than what is remembered is refused, not read; one behind a long file is found.
func TestAttachmentDirectory(t *testing.T) {
	t.Parallel()
	parts := []string{"[Content_Types].xml", "word/document.xml"}
	for range 30_000 {
		parts = append(parts, "word/"+strings.Repeat("x", 40))
	}
	_, err := io.Copy(io.Discard, CheckAttachment("a.docx", bytes.NewReader(zipParts(t, parts...))))
	if press.CodeOf(err) != "attachment.disguised" {
		t.Errorf("a directory of megabytes: %v", err)
	}
	var long bytes.Buffer
	w := zip.NewWriter(&long)
	for _, name := range parts[:3] {
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = part.Write(make([]byte, 2<<20))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	checked := CheckAttachment("a.docx", &long)
	if n, err := io.Copy(io.Discard, checked); err != nil || n < 6<<20 {
		t.Errorf("a long document: %d bytes, %v", n, err)
	}
	if kept := cap(checked.(*attachmentReader).tail); kept > 4*attachmentDirectory {
		t.Errorf("%d bytes were remembered", kept)
	}
}

func FuzzAttachment(f *testing.F) {
	good := zipParts(f, "[Content_Types].xml", "word/document.xml")
	for _, name := range []string{"a.pdf", "a.docx", "a.xlsx", "a.pptx", "a.odt", "a.doc", "a.txt", "a.exe", ""} {
		f.Add(name, good)
		f.Add(name, []byte("%PDF-1.7"))
		f.Add(name, append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), vbaProject...))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		got, err := io.ReadAll(CheckAttachment(name, bytes.NewReader(data)))
		var said *press.Error
		if err != nil && !errors.As(err, &said) || err == nil && !bytes.Equal(got, data) {
			t.Fatalf("%q: %d of %d bytes, %v", name, len(got), len(data), err)
		}
		if _, ok := press.AttachmentType(name); err == nil && !ok {
			t.Fatalf("%q was taken", name)
		}
		if clean := press.AttachmentName(name); press.AttachmentName(clean) != clean || strings.ContainsAny(clean, "/\\\x00") {
			t.Fatalf("%q is called %q, and then %q", name, clean, press.AttachmentName(clean))
		}
	})
}
