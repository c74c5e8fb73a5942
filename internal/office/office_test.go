package office

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func converter(t *testing.T, cfg Config) *Converter {
	t.Helper()
	if testing.Short() {
		t.Skip("LibreOffice takes seconds")
	}
	cfg.Dir = t.TempDir()
	c, ok := Find(cfg)
	if !ok {
		t.Skip("LibreOffice is not installed")
	}
	return c
}

// wordsOf returns the text of a .docx.
func wordsOf(t *testing.T, docx []byte) string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range r.File {
		if !strings.HasSuffix(f.Name, ".xml") && !strings.HasSuffix(f.Name, ".rels") {
			continue
		}
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
	}
	return all.String()
}

// flat is a flat OpenDocument text with a body.
func flat(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>` +
		body + `</office:text></office:body></office:document>`
}

func TestConvertKeepsOutOfEverythingElse(t *testing.T) {
	t.Parallel()
	c := converter(t, Config{})
	secret := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(secret, []byte("the key is 4711"), 0o600); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	body := `<text:p>学院举行开学典礼。</text:p>` +
		`<text:section text:name="s"><text:section-source xlink:type="simple" xlink:href="file://` + secret + `" text:filter-name="Text"/><text:p>x</text:p></text:section>` +
		`<text:p><draw:frame svg:width="2cm" svg:height="2cm"><draw:image xlink:type="simple" xlink:href="` + server.URL + `/a.png"/></draw:frame></text:p>`
	docx, err := c.Convert(t.Context(), "稿件.fodt", strings.NewReader(flat(body)))
	if err != nil {
		t.Fatal(err)
	}
	words := wordsOf(t, docx)
	if !strings.Contains(words, "学院举行开学典礼。") {
		t.Errorf("the words are gone: %.300s", words)
	}
	if strings.Contains(words, "4711") {
		t.Error("a document could include a file of the server")
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("a document made LibreOffice ask the network %d times", n)
	}
	if left, _ := os.ReadDir(c.Dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// running reports whether a process is more than a corpse.
func running(pid string) bool {
	status, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(status), ") Z ")
}

func TestConvertRefuses(t *testing.T) {
	t.Parallel()
	_, err := converter(t, Config{}).Convert(t.Context(), "a.doc", strings.NewReader("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 torn"))
	if press.CodeOf(err) != "document.office" {
		t.Errorf("a torn document: %v", err)
	}
	_, err = converter(t, Config{Bytes: 100}).Convert(t.Context(), "a.rtf", strings.NewReader(`{\rtf1 `+strings.Repeat("a", 200)+"}"))
	if press.CodeOf(err) != "document.too_large" {
		t.Errorf("a document that is too large: %v", err)
	}
}

// A program that hangs, and leaves a child that holds its output open, is stopped with all it started.
func TestConvertStopsWhatHangs(t *testing.T) {
	t.Parallel()
	if !bounded {
		t.Skip("no bounds here")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "soffice")
	script := "#!/bin/sh\n(while :; do sleep 1; done) &\necho $! >" + filepath.Join(dir, "pid") + "\nwait\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil { //nolint:gosec // a program has to be executable
		t.Fatal(err)
	}
	c, ok := Find(Config{Program: program, Dir: dir, Time: time.Second})
	if !ok {
		t.Fatal("not found")
	}
	start := time.Now()
	_, err := c.Convert(t.Context(), "a.doc", strings.NewReader(`{\rtf1 x}`))
	if press.CodeOf(err) != "document.office" || time.Since(start) > 20*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
	pid, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if running(strings.TrimSpace(string(pid))) {
		t.Errorf("process %s runs on", pid)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c.turn <- struct{}{} // somebody else's document
	cancel()
	if _, err := c.Convert(ctx, "a.doc", strings.NewReader("x")); err == nil || press.CodeOf(err) == "document.office" {
		t.Errorf("a wait that was given up: %v", err)
	}
}
