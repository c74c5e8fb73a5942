package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"newsdesk/internal/press"
)

// S3Config names a bucket, which must exist.
type S3Config struct {
	Endpoint  string // host or host:port
	Insecure  bool   // plain HTTP, for a server on the same machine
	Region    string
	Bucket    string
	Prefix    string // before every key, e.g. "newsdesk"
	AccessKey string
	SecretKey string
	PathStyle bool   // the bucket in the path instead of the host name, as most servers other than Amazon's want
	TempDir   string // where uploads are staged; default os.TempDir
}

// S3 keeps blobs in S3-compatible storage, at <prefix>/ab/cd/abcd….
type S3 struct {
	client *minio.Client
	config S3Config
}

// NewS3 makes the client and looks whether the bucket is there.
func NewS3(ctx context.Context, c S3Config) (*S3, error) {
	lookup := minio.BucketLookupAuto
	if c.PathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: !c.Insecure, Region: c.Region, BucketLookup: lookup,
		MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("blob: s3 client: %w", err)
	}
	there, err := client.BucketExists(ctx, c.Bucket)
	if err != nil {
		return nil, s3Error("look for the bucket", err)
	}
	if !there {
		return nil, press.Fail(press.NotFound, "blob.bucket", press.Say(
			"The storage bucket %q does not exist: create it first.", "存储桶“%s”不存在，请先创建。", c.Bucket))
	}
	return &S3{client: client, config: c}, nil
}

func (s *S3) key(d press.Digest) string {
	return path.Join(s.config.Prefix, string(d[:2]), string(d[2:4]), string(d))
}

// Put implements Store. The bytes are staged in a local file, because their digest is their key and S3 wants their size.
func (s *S3) Put(ctx context.Context, r io.Reader, max int64) (press.Digest, int64, error) {
	staged, err := os.CreateTemp(s.config.TempDir, "newsdesk-put-*")
	if err != nil {
		return "", 0, diskError("stage", err)
	}
	defer os.Remove(staged.Name())
	defer staged.Close()
	digest, n, err := hashing(ctx, staged, r, max)
	if err != nil {
		return "", 0, err
	}
	if size, err := s.size(ctx, digest); err == nil && size == n {
		return digest, n, nil
	} else if err != nil && press.KindOf(err) != press.NotFound {
		return "", 0, err
	}
	if _, err := staged.Seek(0, io.SeekStart); err != nil {
		return "", 0, fmt.Errorf("blob: stage: %w", err)
	}
	opts := minio.PutObjectOptions{ContentType: "application/octet-stream", SendContentMd5: true}
	if _, err := s.client.PutObject(ctx, s.config.Bucket, s.key(digest), staged, n, opts); err != nil {
		return "", 0, s3Error("put", err)
	}
	return digest, n, nil
}

func (s *S3) size(ctx context.Context, d press.Digest) (int64, error) {
	info, err := s.client.StatObject(ctx, s.config.Bucket, s.key(d), minio.StatObjectOptions{})
	if isMissing(err) {
		return 0, notFound(d)
	}
	if err != nil {
		return 0, s3Error("stat", err)
	}
	return info.Size, nil
}

// Open implements Store.
func (s *S3) Open(ctx context.Context, d press.Digest) (io.ReadCloser, int64, error) {
	if err := check(ctx, d); err != nil {
		return nil, 0, err
	}
	object, err := s.client.GetObject(ctx, s.config.Bucket, s.key(d), minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, s3Error("open", err)
	}
	info, err := object.Stat()
	if err == nil {
		return object, info.Size, nil
	}
	object.Close()
	if isMissing(err) {
		return nil, 0, notFound(d)
	}
	return nil, 0, s3Error("open", err)
}

// Has implements Store.
func (s *S3) Has(ctx context.Context, d press.Digest) (bool, error) {
	if err := check(ctx, d); err != nil {
		return false, err
	}
	_, err := s.size(ctx, d)
	if press.CodeOf(err) == "blob.not_found" {
		return false, nil
	}
	return err == nil, err
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, d press.Digest) error {
	if err := check(ctx, d); err != nil {
		return err
	}
	err := s.client.RemoveObject(ctx, s.config.Bucket, s.key(d), minio.RemoveObjectOptions{})
	if err != nil && !isMissing(err) {
		return s3Error("delete", err)
	}
	return nil
}

// List implements Store.
func (s *S3) List(ctx context.Context, f func(press.Digest, int64) error) error {
	ctx, stop := context.WithCancel(ctx) // ends the client's own goroutine when f stops early
	defer stop()
	prefix := s.config.Prefix
	if prefix != "" {
		prefix = path.Clean(prefix) + "/"
	}
	for object := range s.client.ListObjects(ctx, s.config.Bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if object.Err != nil {
			return s3Error("list", object.Err)
		}
		d := press.Digest(path.Base(object.Key))
		if !d.Valid() || object.Key != s.key(d) {
			continue
		}
		if err := f(d, object.Size); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func isMissing(err error) bool {
	return err != nil && minio.ToErrorResponse(err).StatusCode == http.StatusNotFound
}

// s3Error sorts the storage's answers. The client's errors hold no keys.
func s3Error(doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("blob: s3 %s: %w", doing, err)
	}
	answer := minio.ToErrorResponse(err)
	switch {
	case answer.StatusCode == http.StatusInsufficientStorage || answer.Code == "QuotaExceeded" || answer.Code == "XMinioStorageFull":
		return full().Because(err)
	case answer.StatusCode == http.StatusForbidden || answer.StatusCode == http.StatusUnauthorized:
		return press.Fail(press.Internal, "blob.denied", press.Say(
			"The file storage refuses Newsdesk's key: the administrator must check it.",
			"文件存储拒绝了 Newsdesk 的密钥，请管理员检查。")).Because(err)
	}
	return press.Fail(press.Unavailable, "blob.unreachable", press.Say(
		"The file storage does not answer: try again in a moment.", "文件存储没有响应，请稍后重试。")).Because(fmt.Errorf("s3 %s: %w", doing, err))
}
