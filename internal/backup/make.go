package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// Rows gives away every row of one moment.
type Rows interface {
	Dump(ctx context.Context, begin func(schema int64, at time.Time) error, each func(table string, columns []string, row []any) error) error
}

// Bytes opens what rows name.
type Bytes interface {
	Open(ctx context.Context, d press.Digest) (io.ReadCloser, int64, error)
}

// Source is what is backed up.
type Source struct {
	Rows     Rows
	Blobs    Bytes
	Newsdesk string // the version
	Database string // the kind
	Key      Key
	KeyFile  []byte                   // only with KeyIncluded
	Lean     bool                     // leave renditions out; they are made again when they are wanted
	Progress func(rows int, at int64) // called now and then with what is done; may be nil
}

// Make writes a backup. Memory does not grow with it, apart from 32 bytes for each blob. A blob that is not there, or not
// what its name says, does not stop it: Lost names it.
func Make(ctx context.Context, w io.Writer, src Source) (Manifest, error) {
	out := &counted{w: w}
	m := &maker{src: src, ctx: ctx, out: out, tar: tar.NewWriter(out), made: Manifest{Rows: map[string]int{}}}
	if m.src.Progress == nil {
		m.src.Progress = func(int, int64) {}
	}
	for _, step := range []func() error{m.rows, m.blobs, m.key, m.manifest} {
		if err := step(); err != nil {
			return Manifest{}, fmt.Errorf("backup: %w", err)
		}
	}
	return m.made, nil
}

type maker struct {
	src   Source
	made  Manifest
	ctx   context.Context
	out   *counted
	tar   *tar.Writer
	total int

	table   string
	columns []string
	numbers map[string]int
	digest  int // which of the columns names a blob; -1: none
	part    bytes.Buffer
	zip     *gzip.Writer
	zipped  bytes.Buffer
	lines   int
	digests [][sha256.Size]byte
}

// counted counts what is written.
type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (m *maker) rows() error {
	m.numbers = map[string]int{}
	m.zip, _ = gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is one of its own
	if err := m.src.Rows.Dump(m.ctx, m.begin, m.row); err != nil {
		return err
	}
	return m.flush()
}

func (m *maker) begin(schema int64, at time.Time) error {
	m.made.Head = Head{
		Format: Format, Schema: schema, Made: at.UTC(), Newsdesk: m.src.Newsdesk, Database: m.src.Database,
		Renditions: !m.src.Lean, Key: m.src.Key,
	}
	data, err := json.MarshalIndent(m.made.Head, "", "  ")
	if err != nil {
		return err
	}
	return m.put(headName, data)
}

func (m *maker) row(table string, columns []string, row []any) error {
	if m.src.Lean && table == renditions {
		return nil
	}
	if table != m.table {
		if err := m.turnTo(table, columns); err != nil {
			return err
		}
	}
	if m.lines == 0 {
		if err := m.line(m.columns); err != nil {
			return err
		}
	}
	if err := m.line(row); err != nil {
		return err
	}
	m.lines++
	if m.digest >= 0 {
		var sum [sha256.Size]byte
		text, _ := row[m.digest].(string)
		if n, err := hex.Decode(sum[:], []byte(text)); err != nil || n != len(sum) {
			return fmt.Errorf("table %s names a blob %q", table, text)
		}
		m.digests = append(m.digests, sum)
	}
	if m.part.Len() >= partBytes {
		return m.flush()
	}
	return nil
}

func (m *maker) turnTo(table string, columns []string) error {
	if err := m.flush(); err != nil {
		return err
	}
	m.table, m.columns, m.digest = table, slices.Clone(columns), -1
	if column, ok := named()[table]; ok {
		if m.digest = slices.Index(columns, column); m.digest < 0 {
			return fmt.Errorf("table %s has no column %s", table, column)
		}
	}
	return nil
}

func (m *maker) line(v any) error {
	data, err := press.EncodeJSON(v)
	if err != nil {
		return err
	}
	m.part.Write(data)
	m.part.WriteByte('\n')
	return nil
}

// flush writes the waiting rows as one part.
func (m *maker) flush() error {
	if m.lines == 0 {
		return nil
	}
	m.zipped.Reset()
	m.zip.Reset(&m.zipped)
	if _, err := m.zip.Write(m.part.Bytes()); err != nil {
		return err
	}
	if err := m.zip.Close(); err != nil {
		return err
	}
	m.numbers[m.table]++
	part := Part{
		Name: fmt.Sprintf("rows/%s/%06d.jsonl.gz", m.table, m.numbers[m.table]), Sum: sumOf(m.zipped.Bytes()),
		Bytes: int64(m.zipped.Len()), Rows: m.lines,
	}
	m.made.Parts = append(m.made.Parts, part)
	m.made.Rows[m.table] += m.lines
	m.total += m.lines
	m.part.Reset()
	m.lines = 0
	if err := m.put(part.Name, m.zipped.Bytes()); err != nil {
		return err
	}
	m.src.Progress(m.total, m.out.n)
	return nil
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (m *maker) put(name string, data []byte) error {
	if err := m.head(name, int64(len(data))); err != nil {
		return err
	}
	_, err := m.tar.Write(data)
	return err
}

func (m *maker) head(name string, size int64) error {
	return m.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: m.made.Made.Truncate(time.Second)})
}

// blobs copies what the rows name, each once, in the order of their digests.
func (m *maker) blobs() error {
	slices.SortFunc(m.digests, func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	m.digests = slices.Compact(m.digests)
	names := sha256.New()
	for _, sum := range m.digests {
		d := press.Digest(hex.EncodeToString(sum[:]))
		written, err := m.blob(d)
		if err != nil {
			return err
		}
		if written {
			names.Write([]byte(d))
		}
		m.src.Progress(m.total, m.out.n)
	}
	m.made.Blobs.Sum = hex.EncodeToString(names.Sum(nil))
	return nil
}

func (m *maker) blob(d press.Digest) (written bool, err error) {
	file, size, err := m.src.Blobs.Open(m.ctx, d)
	switch {
	case press.KindOf(err) == press.NotFound, press.CodeOf(err) == "blob.damaged":
		m.made.Lost = append(m.made.Lost, d)
		return false, nil
	case err != nil:
		return false, err
	}
	defer file.Close()
	if err := m.head(blobPrefix+string(d), size); err != nil {
		return false, err
	}
	sum := sha256.New()
	if n, err := io.Copy(io.MultiWriter(m.tar, sum), io.LimitReader(file, size)); err != nil || n != size {
		return false, fmt.Errorf("blob %s: %d of %d bytes: %w", d.Short(), n, size, orShort(err))
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(d) {
		m.made.Lost = append(m.made.Lost, d)
	}
	m.made.Blobs.Count++
	m.made.Blobs.Bytes += size
	return true, nil
}

func orShort(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (m *maker) key() error {
	if m.src.Key != KeyIncluded {
		return nil
	}
	m.made.KeySum = sumOf(m.src.KeyFile)
	return m.put(keyName, m.src.KeyFile)
}

// manifest ends the file.
func (m *maker) manifest() error {
	data, err := json.MarshalIndent(m.made, "", " ")
	if err != nil {
		return err
	}
	m.made.Fingerprint = sumOf(data)
	if err := m.put(manifestName, data); err != nil {
		return err
	}
	return m.tar.Close()
}
