package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"newsdesk/internal/press"
)

// Tables takes rows back; see internal/store.
type Tables interface {
	BeginRestore(ctx context.Context, schema int64, backup string) (loaded bool, err error)
	Load(ctx context.Context, feed func(put func(table string, columns []string, row []any) error) error) error
	FinishRestore(ctx context.Context, made time.Time, detail string) (press.Settled, error)
}

// Keeper keeps bytes.
type Keeper interface {
	Put(ctx context.Context, r io.Reader, max int64) (press.Digest, int64, error)
}

// Target is where a backup goes.
type Target struct {
	Tables   Tables
	Blobs    Keeper
	Key      func([]byte) error // keeps the key that came along; called before the database serves
	Last     func() error       // called before the database serves; may be nil
	Progress func(at int64)     // how far in the file, which is read once more for its rows; may be nil
}

// Restore brings back a backup that Check has passed. What it says of itself a second time is compared again as it is read: a
// file that changed in between is refused, and the rows are rolled back. After an error, Restore with the same file goes on.
func Restore(ctx context.Context, file io.ReadSeeker, m Manifest, to Target) (press.Settled, error) {
	loaded, err := to.Tables.BeginRestore(ctx, m.Schema, m.Fingerprint)
	if err != nil {
		return press.Settled{}, err
	}
	r := &restorer{file: file, m: m, to: to, gone: setOf(m.Lost)}
	if !loaded {
		if err := r.bytes(ctx); err != nil {
			return press.Settled{}, err
		}
		if err := to.Tables.Load(ctx, func(put func(string, []string, []any) error) error { return r.rows(ctx, put) }); err != nil {
			return press.Settled{}, err
		}
	}
	if to.Last != nil {
		if err := to.Last(); err != nil {
			return press.Settled{}, err
		}
	}
	return to.Tables.FinishRestore(ctx, m.Made, m.Fingerprint[:12]+" "+m.Made.Format(time.RFC3339))
}

type restorer struct {
	file io.ReadSeeker
	m    Manifest
	to   Target
	gone map[press.Digest]bool
}

// Small blobs are kept a few at once, because each waits for the disk.
const (
	atOnce    = 8
	smallBlob = 2 << 20
)

// bytes keeps the blobs and the key.
func (r *restorer) bytes(ctx context.Context) error {
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	err := walk(ctx, r.file, visitor{
		blob: func(d press.Digest, in io.Reader, size int64) error {
			if r.gone[d] {
				return nil
			}
			if size > smallBlob {
				return r.keep(ctx, d, in, size)
			}
			data := make([]byte, size)
			if _, err := io.ReadFull(in, data); err != nil {
				return err
			}
			group.Go(func() (err error) {
				defer press.Recover(&err)
				return r.keep(ctx, d, bytes.NewReader(data), size)
			})
			return nil
		},
		key: func(in io.Reader) error {
			data, err := io.ReadAll(in)
			if err == nil && r.to.Key != nil {
				err = r.to.Key(data)
			}
			return err
		},
	}, r.to.Progress)
	if waited := group.Wait(); waited != nil { // the first reason; the walk only knows that it was stopped
		return waited
	}
	return err
}

func (r *restorer) keep(ctx context.Context, d press.Digest, in io.Reader, size int64) error {
	got, _, err := r.to.Blobs.Put(ctx, in, size)
	if err == nil && got != d {
		err = damaged(blobPrefix+string(d), nil)
	}
	return err
}

// rows gives away every row.
func (r *restorer) rows(ctx context.Context, put func(string, []string, []any) error) error {
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	read := 0
	err := walk(ctx, r.file, visitor{
		part: func(name, table string, in io.Reader, _ int64) error {
			if read >= len(r.m.Parts) || r.m.Parts[read].Name != name {
				return damaged(name, nil)
			}
			sum := sha256.New()
			_, _, err := readRows(io.TeeReader(in, sum), func(columns []string, row []any) error {
				if r.lost(table, columns, row) {
					return nil
				}
				return put(table, columns, row)
			})
			if err != nil {
				return err
			}
			if hex.EncodeToString(sum.Sum(nil)) != r.m.Parts[read].Sum {
				return damaged(name, nil)
			}
			read++
			return nil
		},
		blob: func(press.Digest, io.Reader, int64) error { return errEnough },
	}, nil)
	if err == nil && read != len(r.m.Parts) {
		err = damaged("rows", nil)
	}
	return err
}

// lost reports whether a row is a rendition whose bytes did not come along: without the row it is made again.
func (r *restorer) lost(table string, columns []string, row []any) bool {
	i := slices.Index(columns, named()[renditions])
	if table != renditions || i < 0 {
		return false
	}
	digest, _ := row[i].(string)
	return r.gone[press.Digest(digest)]
}
