package backup

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// Check reads a whole backup and refuses it in one sentence unless every part is there, is what the manifest says, and can be
// read. It keeps nothing.
func Check(ctx context.Context, r io.Reader, progress func(at int64)) (Manifest, error) {
	c := &checker{names: sha256.New()}
	err := walk(ctx, r, visitor{
		head: func(h Head) error { c.head = h; return nil },
		part: c.part, blob: c.blob, key: c.key, manifest: c.manifest,
	}, progress)
	switch {
	case err != nil:
		return Manifest{}, err
	case c.m.Fingerprint == "":
		return Manifest{}, cut(nil)
	}
	return c.m, nil
}

// visitor is called for each entry, in the order of the file. A nil function passes over its entries. The reader of an entry
// is good until the function returns, and need not be read to its end.
type visitor struct {
	head     func(Head) error
	part     func(name, table string, r io.Reader, size int64) error
	blob     func(d press.Digest, r io.Reader, size int64) error
	key      func(r io.Reader) error
	manifest func(data []byte) error
}

// errEnough ends a walk early, and well.
var errEnough = errors.New("enough")

// walk reads the tar. It knows only the names that a backup has.
func walk(ctx context.Context, r io.Reader, v visitor, progress func(at int64)) error {
	in := &countedReader{ctx: ctx, r: bufio.NewReaderSize(r, 256<<10)}
	t := tar.NewReader(in)
	parts, blobs, ended := 0, 0, false
	for first := true; ; first = false {
		header, err := t.Next()
		switch {
		case errors.Is(err, io.EOF) && first:
			return notOurs(err)
		case errors.Is(err, io.EOF):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && first:
			return notOurs(err)
		case err != nil:
			return cut(err)
		case first != (header.Name == headName):
			return notOurs(fmt.Errorf("it has %q", clip(header.Name)))
		case header.Typeflag != tar.TypeReg, ended, blobs > 0 && strings.HasPrefix(header.Name, "rows/"):
			return damaged(header.Name, errors.New("it has no place there"))
		}
		table, isPart := tableOf(header.Name)
		digest, isBlob := blobOf(header.Name)
		switch {
		case first:
			err = readHead(t, header.Size, v.head)
		case isPart:
			if parts++; parts > maxParts || header.Size > maxPart {
				return excessive(header.Name)
			}
			if v.part != nil {
				err = v.part(header.Name, table, t, header.Size)
			}
		case isBlob:
			if blobs++; blobs > maxBlobs || header.Size > maxBlob {
				return excessive(header.Name)
			}
			if v.blob != nil {
				err = v.blob(digest, t, header.Size)
			}
		case header.Name == keyName:
			if header.Size > maxKey {
				return excessive(header.Name)
			}
			if v.key != nil {
				err = v.key(t)
			}
		case header.Name == manifestName:
			ended = true
			err = readManifest(t, header.Size, v.manifest)
		default:
			return damaged(header.Name, errors.New("nothing is called that"))
		}
		switch {
		case errors.Is(err, errEnough):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, io.ErrUnexpectedEOF) && in.ended:
			return cut(err)
		case errors.Is(err, io.ErrUnexpectedEOF):
			return damaged(header.Name, err)
		case err != nil:
			return err
		}
		if progress != nil {
			progress(in.n)
		}
	}
}

func readHead(r io.Reader, size int64, give func(Head) error) error {
	if size > maxHead {
		return notOurs(nil)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	var h Head
	if err := decodeStrictly(data, &h); err != nil || h.Format < 1 {
		return notOurs(err)
	}
	if h.Format > Format {
		return newerFormat(h.Format)
	}
	if give == nil {
		return nil
	}
	return give(h)
}

func readManifest(r io.Reader, size int64, give func([]byte) error) error {
	if size > maxManifest {
		return excessive(manifestName)
	}
	data, err := io.ReadAll(r)
	if err != nil || give == nil {
		return err
	}
	return give(data)
}

// countedReader counts, and ends with its context.
type countedReader struct {
	ctx   context.Context
	r     io.Reader
	n     int64
	ended bool
}

func (c *countedReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.ended = c.ended || errors.Is(err, io.EOF)
	return n, err
}

// checker compares what is there with what the manifest says.
type checker struct {
	head     Head
	m        Manifest
	found    []Part
	raw      int64
	names    hash.Hash
	last     press.Digest
	blobs    Blobs
	spoiled  []press.Digest
	keySum   string
	keyCount int
}

func (c *checker) part(name, _ string, r io.Reader, size int64) error {
	sum := sha256.New()
	rows, raw, err := readRows(io.TeeReader(r, sum), nil)
	if c.raw += raw; c.raw > maxRows {
		return excessive(name)
	}
	if err != nil {
		return rowsError(name, err)
	}
	c.found = append(c.found, Part{Name: name, Sum: hex.EncodeToString(sum.Sum(nil)), Bytes: size, Rows: rows})
	return nil
}

// rowsError tells a file that breaks off from one that is wrong.
func rowsError(name string, err error) error {
	var refusal *press.Error
	if errors.As(err, &refusal) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return damaged(name, err)
}

func (c *checker) blob(d press.Digest, r io.Reader, size int64) error {
	if d <= c.last {
		return damaged(string(d), errors.New("it is out of order"))
	}
	c.last = d
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(d) {
		if c.spoiled = append(c.spoiled, d); len(c.spoiled) > maxParts {
			return excessive(string(d))
		}
	}
	c.names.Write([]byte(d))
	c.blobs.Count++
	c.blobs.Bytes += size
	return nil
}

func (c *checker) key(r io.Reader) error {
	data, err := io.ReadAll(r)
	c.keySum = sumOf(data)
	c.keyCount++
	return err
}

func (c *checker) manifest(data []byte) error {
	if err := decodeStrictly(data, &c.m); err != nil {
		return damaged(manifestName, err)
	}
	c.blobs.Sum = hex.EncodeToString(c.names.Sum(nil))
	rows := map[string]int{}
	for i, p := range c.found {
		if i >= len(c.m.Parts) || c.m.Parts[i] != p {
			return damaged(p.Name, nil)
		}
		table, _ := tableOf(p.Name)
		rows[table] += p.Rows
	}
	for table, n := range c.m.Rows {
		if rows[table] != n {
			return damaged("rows/"+table, nil)
		}
	}
	if h := c.m.Head; !h.Made.Equal(c.head.Made) || h.Schema != c.head.Schema || h.Format != c.head.Format || h.Key != c.head.Key || h.Renditions != c.head.Renditions {
		return damaged(headName, nil)
	}
	switch {
	case len(c.m.Parts) != len(c.found), len(rows) != len(c.m.Rows):
		return damaged("rows", errors.New("parts that it names are not there"))
	case c.blobs != c.m.Blobs:
		return damaged("blobs", nil)
	case c.m.KeySum != c.keySum, c.keyCount > 1, (c.m.Key == KeyIncluded) != (c.keyCount == 1):
		return damaged(keyName, nil)
	}
	lost := setOf(c.m.Lost)
	for _, d := range c.spoiled {
		if !lost[d] {
			return damaged(blobPrefix+string(d), nil)
		}
	}
	c.m.Fingerprint = sumOf(data)
	return nil
}

func setOf(list []press.Digest) map[press.Digest]bool {
	out := make(map[press.Digest]bool, len(list))
	for _, d := range list {
		out[d] = true
	}
	return out
}

// readRows reads one part and gives away its rows; put may be nil. raw is how much it was, uncompressed.
func readRows(r io.Reader, put func(columns []string, row []any) error) (rows int, raw int64, err error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return 0, 0, err
	}
	limited := &io.LimitedReader{R: zip, N: maxPart + 1}
	defer func() { raw = maxPart + 1 - limited.N }()
	dec := json.NewDecoder(limited)
	dec.UseNumber()
	var columns []string
	if err := dec.Decode(&columns); err != nil {
		return 0, 0, tooMuch(limited, err)
	}
	for {
		var row []any
		if err := dec.Decode(&row); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return rows, 0, tooMuch(limited, err)
		}
		if len(row) != len(columns) {
			return rows, 0, errors.New("a row has not as many values as there are columns")
		}
		for i := range row {
			if row[i], err = value(row[i]); err != nil {
				return rows, 0, err
			}
		}
		rows++
		if put == nil {
			continue
		}
		if err := put(columns, row); err != nil {
			return rows, 0, err
		}
	}
	if limited.N <= 0 {
		return rows, 0, excessive("rows")
	}
	_, err = io.Copy(io.Discard, r) // what a compressed stream may have behind it counts for the sum
	return rows, 0, err
}

func tooMuch(l *io.LimitedReader, err error) error {
	if l.N <= 0 {
		return excessive("rows")
	}
	return err
}

// value is what a row can hold.
func value(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, bool:
		return v, nil
	case json.Number:
		return strconv.ParseInt(v.String(), 10, 64)
	}
	return nil, fmt.Errorf("a value of type %T", v)
}
