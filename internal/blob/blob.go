// Package blob keeps bytes under their digest, on a disk or in S3-compatible storage.
//
//	reader ──▶ staged file ──▶ digest known ──▶ there already? ──yes──▶ staged file dropped
//	             │  hashed while written              │
//	             │                                    └─no──▶ synced, closed, moved into place
//	             └─ any failure: staged file removed, nothing else changed
//
// A blob never changes and is complete the moment it can be seen, so readers and writers need no locks, in one process or in
// several on the same folder or bucket.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"syscall"

	"newsdesk/internal/press"
)

// Store keeps blobs. All methods may be called at the same time from anywhere.
type Store interface {
	// Put reads r to its end and keeps what it read; putting the same bytes again changes nothing. It returns the digest and the
	// number of bytes. More than max bytes are TooLarge (blob.too_large); a full disk is Unavailable (blob.full). An error of
	// r comes back wrapped. After any error nothing is kept.
	Put(ctx context.Context, r io.Reader, max int64) (press.Digest, int64, error)
	// Open returns a blob and its size, or NotFound (blob.not_found). The bytes are not verified: ReadAll does that.
	Open(ctx context.Context, d press.Digest) (io.ReadCloser, int64, error)
	// Has reports whether a blob is kept.
	Has(ctx context.Context, d press.Digest) (bool, error)
	// Delete removes a blob; one that is not there is no error. Whoever has it open may read on.
	Delete(ctx context.Context, d press.Digest) error
	// List calls f for every blob, in no useful order, until f returns an error, which List returns.
	List(ctx context.Context, f func(d press.Digest, size int64) error) error
}

// ReadAll returns a whole blob of at most max bytes and verifies it: bytes that do not have the digest are Internal
// (blob.damaged), and none are returned.
func ReadAll(ctx context.Context, s Store, d press.Digest, max int64) ([]byte, error) {
	r, size, err := s.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > max {
		return nil, tooLarge(max)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return nil, damaged(d).Because(err)
		}
		return nil, fmt.Errorf("blob: read %s: %w", d.Short(), err)
	}
	if press.DigestOf(data) != d {
		return nil, damaged(d)
	}
	return data, nil
}

// hashing copies r to w with a limit, and a digest on the way. It looks at ctx between pieces.
func hashing(ctx context.Context, w io.Writer, r io.Reader, max int64) (press.Digest, int64, error) {
	sum := sha256.New()
	n, err := io.Copy(writers{w, sum}, &io.LimitedReader{R: waiting{ctx, r}, N: max + 1})
	switch {
	case err != nil && isFull(err):
		return "", 0, full().Because(err)
	case err != nil:
		return "", 0, fmt.Errorf("blob: put: %w", err)
	case n > max:
		return "", 0, tooLarge(max)
	}
	return digestOf(sum), n, nil
}

func digestOf(sum hash.Hash) press.Digest { return press.Digest(hex.EncodeToString(sum.Sum(nil))) }

// writers writes to a file and a hash; unlike io.MultiWriter it never lets io.Copy take a short cut around one of them.
type writers struct {
	file io.Writer
	sum  hash.Hash
}

func (w writers) Write(p []byte) (int, error) {
	w.sum.Write(p)
	return w.file.Write(p)
}

// waiting is a reader that ends with its context.
type waiting struct {
	ctx context.Context
	r   io.Reader
}

func (w waiting) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

func full() *press.Error {
	return press.Fail(press.Unavailable, "blob.full", press.Say(
		"The storage is full, so the file was not kept: make room or ask the administrator, then try again.",
		"存储空间已满，文件未保存，请清理空间或联系管理员后重试。"))
}

func tooLarge(max int64) *press.Error {
	return press.Fail(press.TooLarge, "blob.too_large", press.Say(
		"The file is larger than the %d MB that are allowed here: make it smaller.", "文件超过此处允许的 %d MB，请缩小后再试。", (max+1<<20-1)>>20))
}

func notFound(d press.Digest) *press.Error {
	return press.Fail(press.NotFound, "blob.not_found", press.Say(
		"The stored file %s is not there.", "找不到已存储的文件 %s。", d.Short()))
}

func damaged(d press.Digest) *press.Error {
	return press.Fail(press.Internal, "blob.damaged", press.Say(
		"The stored file %s is damaged: restore it from a backup or hand it in again.",
		"已存储的文件 %s 已损坏，请从备份恢复或重新上传。", d.Short()))
}
