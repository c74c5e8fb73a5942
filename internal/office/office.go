package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// Config bounds a conversion. Zero fields are the defaults.
type Config struct {
	Program string        // LibreOffice; empty: looked for on PATH
	Dir     string        // of the folder made for one conversion; empty: the system's own for such things
	Time    time.Duration // for one document; 60 s
	Bytes   int64         // of a document, and of what becomes of it; 100 MB
	Memory  int64         // of the child's address space; 4 GB, of which it fills a tenth
}

// Converter runs LibreOffice.
type Converter struct {
	Config
	turn chan struct{}
}

// Find returns a converter if LibreOffice is installed.
func Find(cfg Config) (*Converter, bool) {
	for _, name := range []string{"soffice", "libreoffice", "lowriter"} {
		if cfg.Program != "" {
			break
		}
		if found, err := exec.LookPath(name); err == nil {
			cfg.Program = found
		}
	}
	if cfg.Program == "" || !bounded {
		return nil, false
	}
	if cfg.Time == 0 {
		cfg.Time = time.Minute
	}
	if cfg.Bytes == 0 {
		cfg.Bytes = 100 << 20
	}
	if cfg.Memory == 0 {
		cfg.Memory = 4 << 30
	}
	return &Converter{Config: cfg, turn: make(chan struct{}, 1)}, true
}

// Convert returns a document as .docx. A document that LibreOffice cannot read, or not within the bounds, is refused; ctx
// also bounds the wait for the documents before it.
func (c *Converter) Convert(ctx context.Context, name string, document io.Reader) ([]byte, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("office: wait for a turn: %w", ctx.Err())
	}
	dir, err := os.MkdirTemp(c.Dir, "office-*")
	if err != nil {
		return nil, fmt.Errorf("office: %w", err)
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("office: %w", err)
	}
	in, err := c.lay(dir, name, document)
	if err != nil {
		return nil, err
	}
	filter, err := filterFor(in)
	if err != nil {
		return nil, refused(name, err)
	}
	said, err := c.run(ctx, dir, in, filter)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("office: %w", ctx.Err())
		}
		return nil, refused(name, fmt.Errorf("%w: %.500s", err, said))
	}
	return c.result(dir, name, said)
}

// lay writes the document and the profile into the folder. The document's own name stays outside: only its ending matters.
func (c *Converter) lay(dir, name string, document io.Reader) (string, error) {
	profile := filepath.Join(dir, "profile", "user")
	if err := errors.Join(os.MkdirAll(profile, 0o700), os.Mkdir(filepath.Join(dir, "out"), 0o700), os.Mkdir(filepath.Join(dir, "tmp"), 0o700)); err != nil {
		return "", fmt.Errorf("office: %w", err)
	}
	if err := os.WriteFile(filepath.Join(profile, "registrymodifications.xcu"), []byte(settings), 0o600); err != nil {
		return "", fmt.Errorf("office: %w", err)
	}
	in := filepath.Join(dir, "document"+endingOf(name))
	file, err := os.OpenFile(in, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("office: %w", err)
	}
	n, err := io.Copy(file, io.LimitReader(document, c.Bytes+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return "", press.Fail(press.Invalid, "document.unreadable", press.Say(
			"The document %.80q cannot be read; hand it in again.", "文档“%.80s”无法读取，请重新提交。", name)).Because(err)
	}
	if n > c.Bytes {
		return "", tooLarge(name, c.Bytes)
	}
	return in, nil
}

// endingOf returns one of the endings that LibreOffice is asked to read; it looks into the document anyway.
func endingOf(name string) string {
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".doc", ".wps", ".odt", ".rtf", ".dot", ".wpt", ".fodt":
		return ext
	}
	return ".doc"
}

// filterFor names LibreOffice's reader for a document by its bytes. Left to itself LibreOffice takes whatever it does not
// know for text, and an article of torn bytes is none.
func filterFor(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("office: %w", err)
	}
	defer file.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("office: %w", err)
	}
	for _, known := range []struct{ inside, filter string }{
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "MS Word 97"}, // WPS writes the same
		{`{\rtf`, "Rich Text Format"},
		{"PK\x03\x04", "writer8"},
		{"urn:oasis:names:tc:opendocument", "OpenDocument Text Flat XML"},
		{"http://schemas.microsoft.com/office/word/2003/wordml", "MS Word 2003 XML"},
	} {
		if at := strings.Index(string(head[:n]), known.inside); at == 0 || at > 0 && strings.Contains(known.inside, ":") {
			return known.filter, nil
		}
	}
	return "", errors.New("office: no document that LibreOffice is asked to read")
}

func (c *Converter) run(ctx context.Context, dir, in, filter string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Time)
	defer cancel()
	arguments := []string{
		"-env:UserInstallation=" + (&url.URL{Scheme: "file", Path: filepath.Join(dir, "profile")}).String(),
		"--headless", "--infilter=" + filter, "--norestore", "--nolockcheck", "--nodefault", "--nologo",
		"--convert-to", "docx:MS Word 2007 XML", "--outdir", filepath.Join(dir, "out"), in,
	}
	environment := []string{
		"HOME=" + dir, "TMPDIR=" + filepath.Join(dir, "tmp"), "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "SAL_USE_VCLPLUGIN=svp", "PATH=/usr/local/bin:/usr/bin:/bin",
	}
	return c.child(ctx, dir, environment, arguments)
}

func (c *Converter) result(dir, name, said string) ([]byte, error) {
	file, err := os.Open(filepath.Join(dir, "out", "document.docx"))
	if err != nil {
		return nil, refused(name, fmt.Errorf("%w: %.500s", err, said))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, c.Bytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("office: %w", err)
	case int64(len(data)) > c.Bytes:
		return nil, tooLarge(name, c.Bytes)
	}
	return data, nil
}

func tooLarge(name string, most int64) error {
	return press.Fail(press.TooLarge, "document.too_large", press.Say(
		"The document %.80q is larger than %d MB. Hand in its photos as files beside it.",
		"文档“%.80s”超过 %d MB，请将图片作为单独的文件提交。", name, most>>20))
}

func refused(name string, err error) error {
	return press.Fail(press.Unsupported, "document.office", press.Say(
		"LibreOffice could not read %.80q. Open it in Word or WPS, save it as .docx and hand that in.",
		"LibreOffice 无法读取“%.80s”。请用 Word 或 WPS 打开，另存为 .docx 后再提交。", name)).Because(err)
}

// settings of the profile: no macros, nothing fetched or included from elsewhere, no dialogs of a first start.
const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
`
