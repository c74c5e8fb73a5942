package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/backup"
	"newsdesk/internal/blob"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/storetest"
	"newsdesk/internal/store"
)

// office is a database with an attachment and two photos in it, one of them with a rendition, and their bytes.
type office struct {
	testing.TB
	*store.Store
	blobs  *blob.Disk
	folder string
}

func newOffice(t testing.TB, folder string) *office {
	t.Helper()
	o := &office{TB: t, folder: folder}
	var err error
	o.Store, err = store.Open(t.Context(), store.Config{Driver: store.DriverSQLite, DSN: filepath.Join(folder, "newsdesk.db")})
	o.ok(err)
	t.Cleanup(func() { _ = o.Store.Close() })
	o.blobs, err = blob.NewDisk(filepath.Join(folder, "blobs"))
	o.ok(err)
	return o
}

func (o *office) ok(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func furnished(t testing.TB) *office {
	t.Helper()
	o := newOffice(t, storetest.Folder(t))
	ctx := t.Context()
	o.ok(o.CreateUser(ctx, press.System(), press.User{ID: "u", Name: "老张 <&>", CreatedAt: time.Now()}))
	for _, bytesOf := range []string{"first", strings.Repeat("second", 100_000)} {
		d, n, err := o.blobs.Put(ctx, strings.NewReader(bytesOf), 1<<20)
		o.ok(err)
		o.ok(o.SavePhoto(ctx, press.Photo{Digest: d, Name: "a.jpg", Format: "jpeg", Width: 1, Height: 1, Bytes: n, AddedAt: time.Now()}))
	}
	form, _, err := o.blobs.Put(ctx, strings.NewReader("form"), 1<<20)
	o.ok(err)
	o.ok(o.SaveAttachment(ctx, press.System(), "", press.Attachment{File: form, Name: "报名表.docx", Size: 4}))
	d, n, err := o.blobs.Put(ctx, strings.NewReader("small"), 1<<20)
	o.ok(err)
	o.ok(o.SaveRendition(ctx, press.Rendition{
		RenditionKey: press.RenditionKey{Photo: press.DigestOf([]byte("first")), Recipe: press.Thumb, Version: 1},
		Digest:       d, ContentType: "image/jpeg", Width: 1, Height: 1, Bytes: n,
	}))
	return o
}

func (o *office) source() backup.Source {
	return backup.Source{Rows: o.Store, Blobs: o.blobs, Newsdesk: "test", Database: "sqlite", Key: backup.KeyIncluded, KeyFile: []byte("key")}
}

func (o *office) backup(src backup.Source) []byte {
	o.Helper()
	var out bytes.Buffer
	_, err := backup.Make(o.Context(), &out, src)
	o.ok(err)
	return out.Bytes()
}

// into restores into an empty folder.
func into(t testing.TB, data []byte) (*office, []byte) {
	t.Helper()
	m, err := backup.Check(t.Context(), bytes.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, t.TempDir())
	var key []byte
	_, err = backup.Restore(t.Context(), bytes.NewReader(data), m, backup.Target{
		Tables: o.Store, Blobs: o.blobs, Key: func(k []byte) error { key = k; return nil },
	})
	o.ok(err)
	return o, key
}

func (o *office) holds(text string) bool {
	o.Helper()
	has, err := o.blobs.Has(o.Context(), press.DigestOf([]byte(text)))
	o.ok(err)
	return has
}

func TestThereAndBack(t *testing.T) {
	t.Parallel()
	data := furnished(t).backup(furnished(t).source())
	o, key := into(t, data)
	u, err := o.User(t.Context(), "u")
	if err != nil || u.Name != "老张 <&>" || string(key) != "key" || !o.holds("first") || !o.holds("small") || !o.holds("form") || !o.holds(strings.Repeat("second", 100_000)) {
		t.Errorf("%+v, %q, %v", u, key, err)
	}
	list, err := o.Renditions(t.Context(), press.DigestOf([]byte("first")))
	if err != nil || len(list) != 1 {
		t.Errorf("%d renditions, %v", len(list), err)
	}
}

// TestLean: renditions that are left out, and those whose bytes are lost, are forgotten, so that they are made again. Bytes
// that the storage has lost or spoiled are named and do not stop the backup.
func TestLean(t *testing.T) {
	t.Parallel()
	o := furnished(t)
	src := o.source()
	src.Lean = true
	lean, _ := into(t, o.backup(src))
	if list, err := lean.Renditions(t.Context(), press.DigestOf([]byte("first"))); err != nil || len(list) > 0 || lean.holds("small") || !lean.holds("first") {
		t.Errorf("%d renditions, %v", len(list), err)
	}

	small, first := press.DigestOf([]byte("small")), press.DigestOf([]byte("first"))
	o.ok(o.blobs.Delete(t.Context(), small))
	o.ok(os.WriteFile(filepath.Join(o.folder, "blobs", string(first[:2]), string(first[2:4]), string(first)), []byte("fi*st"), 0o600))
	var out bytes.Buffer
	m, err := backup.Make(t.Context(), &out, o.source())
	if err != nil || len(m.Lost) != 2 {
		t.Fatalf("lost %v, %v", m.Lost, err)
	}
	again, _ := into(t, out.Bytes())
	list, err := again.Renditions(t.Context(), first)
	if err != nil || len(list) > 0 || again.holds("first") || !again.holds(strings.Repeat("second", 100_000)) {
		t.Errorf("%d renditions, %v", len(list), err)
	}
}

// entry is one entry of a tar, taken apart to be put together wrongly.
type entry struct {
	tar.Header
	data []byte
}

func apart(t testing.TB, data []byte) (out []entry) {
	t.Helper()
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, entry{*h, body})
	}
}

func together(t testing.TB, entries []entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		e.Size = int64(len(e.data))
		if e.Typeflag != tar.TypeReg {
			e.Size = 0
		}
		if err := errors.Join(w.WriteHeader(&e.Header)); err != nil {
			t.Fatal(err)
		}
		if e.Typeflag == tar.TypeReg {
			if _, err := w.Write(e.data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var jargon = regexp.MustCompile(`%!|\bnil\b|EOF|gzip|archive/tar|sql:`)

// TestRefused: files that are cut, changed or made up are refused in one sentence of both languages, and nothing is read
// without bound.
func TestRefused(t *testing.T) {
	t.Parallel()
	o := furnished(t)
	good := o.backup(o.source())
	parts := apart(t, good)
	find := func(prefix string) int {
		for i, e := range parts {
			if strings.HasPrefix(e.Name, prefix) {
				return i
			}
		}
		t.Fatalf("no %s", prefix)
		return 0
	}
	change := func(f func(list []entry) []entry) []byte {
		list := make([]entry, len(parts))
		for i, e := range parts {
			list[i] = entry{e.Header, bytes.Clone(e.data)}
		}
		return together(t, f(list))
	}
	flip := func(prefix string) []byte {
		return change(func(l []entry) []entry { l[find(prefix)].data[len(l[find(prefix)].data)/2] ^= 1; return l })
	}
	without := func(prefix string) []byte {
		return change(func(l []entry) []entry { i := find(prefix); return append(l[:i], l[i+1:]...) })
	}
	head := func(f func(h *backup.Head)) []byte {
		return change(func(l []entry) []entry {
			var h backup.Head
			o.ok(json.Unmarshal(l[0].data, &h))
			f(&h)
			l[0].data, _ = json.Marshal(h)
			return l
		})
	}
	for name, tc := range map[string]struct {
		data []byte
		code string
	}{
		"nothing":              {nil, "backup.foreign"},
		"a text":               {bytes.Repeat([]byte("no backup\n"), 1000), "backup.foreign"},
		"another tar":          {together(t, []entry{{tar.Header{Typeflag: tar.TypeReg, Name: "etc/passwd", Mode: 0o600}, []byte("x")}}), "backup.foreign"},
		"cut in the rows":      {good[:2000], "backup.cut"},
		"cut in a photo":       {good[:len(good)-200_000], "backup.cut"},
		"cut at an entry":      {without("manifest.json"), "backup.cut"},
		"cut in the manifest":  {good[:len(good)-1024-700], "backup.cut"},
		"a bit in the rows":    {flip("rows/users"), "backup.damaged"},
		"a bit in a photo":     {flip("blobs/"), "backup.damaged"},
		"a bit in the key":     {flip("secret.key"), "backup.damaged"},
		"a part less":          {without("rows/photos"), "backup.damaged"},
		"a photo less":         {without("blobs/"), "backup.damaged"},
		"no key":               {without("secret.key"), "backup.damaged"},
		"a newer form":         {head(func(h *backup.Head) { h.Format = 2 }), "backup.format"},
		"another schema":       {head(func(h *backup.Head) { h.Schema-- }), "backup.damaged"},
		"another moment":       {head(func(h *backup.Head) { h.Made = h.Made.Add(time.Hour) }), "backup.damaged"},
		"something more":       {change(func(l []entry) []entry { return append(l, l[find("blobs/")]) }), "backup.damaged"},
		"a way out":            {change(func(l []entry) []entry { l[1].Name = "rows/../../etc/000001.jsonl.gz"; return l }), "backup.damaged"},
		"a link":               {change(func(l []entry) []entry { l[1].Typeflag, l[1].Linkname = tar.TypeSymlink, "/etc/passwd"; return l }), "backup.damaged"},
		"parts in other order": {change(func(l []entry) []entry { l[1], l[2] = l[2], l[1]; return l }), "backup.damaged"},
		"photos twice": {change(func(l []entry) []entry {
			i := find("blobs/")
			return append(l[:i:i], append([]entry{l[i]}, l[i:]...)...)
		}), "backup.damaged"},
		"rows after photos": {change(func(l []entry) []entry {
			i, last := find("rows/users"), len(l)-1
			moved := l[i]
			copy(l[i:], l[i+1:last])
			l[last-1] = moved
			return l
		}), "backup.damaged"},
		"a bomb": {change(func(l []entry) []entry { l[1].data = bomb(t); return l }), "backup.excessive"},
		"an endless key": {change(func(l []entry) []entry {
			l[find("secret.key")].data = make([]byte, 1<<20)
			return l
		}), "backup.excessive"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := backup.Check(t.Context(), bytes.NewReader(tc.data), nil)
			text := press.TextOf(err)
			if press.CodeOf(err) != tc.code || text.EN == text.ZH || text.ZH == "" || jargon.MatchString(text.EN) {
				t.Errorf("%v (%s), %+v; want %s", err, press.CodeOf(err), text, tc.code)
			}
		})
	}
}

// bomb is 200 MB of one row, compressed.
func bomb(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	fmt.Fprint(w, `["id"]`+"\n"+`["`)
	zeros := bytes.Repeat([]byte("0"), 1<<20)
	for range 200 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprint(w, `"]`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestChangedMeanwhile: a file that is another one when it is read the second time restores nothing, and the same restore
// goes on with the right file.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	o := furnished(t)
	good := o.backup(o.source())
	m, err := backup.Check(t.Context(), bytes.NewReader(good), nil)
	o.ok(err)
	bad := apart(t, good)
	for i, e := range bad {
		if strings.HasPrefix(e.Name, "rows/users") {
			bad[i].data = bytes.Clone(bad[i+1].data)
		}
	}
	empty := newOffice(t, t.TempDir())
	to := backup.Target{Tables: empty.Store, Blobs: empty.blobs}
	if _, err := backup.Restore(t.Context(), bytes.NewReader(together(t, bad)), m, to); err == nil {
		t.Fatal("it took another file")
	}
	if err := empty.CheckSchema(t.Context()); press.CodeOf(err) != "restore.unfinished" {
		t.Errorf("a restore that was broken off: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := backup.Restore(ctx, bytes.NewReader(good), m, to); err == nil {
		t.Error("it went on after it was stopped")
	}
	_, err = backup.Restore(t.Context(), bytes.NewReader(good), m, to)
	o.ok(err)
	if u, err := empty.User(t.Context(), "u"); err != nil || u.Name != "老张 <&>" {
		t.Errorf("%+v, %v", u, err)
	}
}

// TestCreate: what breaks off leaves nothing, and nothing is written over.
func TestCreate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "b.tar")
	broken := errors.New("broken off")
	err := backup.Create(path, func(w io.Writer) error {
		_, err := w.Write([]byte("half"))
		return errors.Join(err, broken)
	})
	left, readErr := os.ReadDir(dir)
	if !errors.Is(err, broken) || readErr != nil || len(left) > 0 {
		t.Errorf("%v, left %v, %v", err, left, readErr)
	}
	whole := func(w io.Writer) error { _, err := w.Write([]byte("whole")); return err }
	if err := backup.Create(path, whole); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := backup.Create(path, whole); press.CodeOf(err) != "backup.exists" {
		t.Errorf("written over: %v", err)
	}
	if err := backup.Create(filepath.Join(dir, "none", "b.tar"), whole); press.CodeOf(err) != "backup.write" {
		t.Errorf("no folder: %v", err)
	}
}
