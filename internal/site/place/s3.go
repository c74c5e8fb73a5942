package place

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // the digest that S3 lists objects by; nothing relies on it
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"golang.org/x/sync/errgroup"

	"newsdesk/internal/press"
	"newsdesk/internal/site"
)

// S3Config names a bucket, which must exist and whose objects readers reach at the website's address.
type S3Config struct {
	Endpoint  string // host or host:port
	Insecure  bool   // plain HTTP, for a server on the same machine
	Region    string
	Bucket    string
	Prefix    string // before every key, e.g. "www"; "": the bucket holds the website alone
	AccessKey string
	SecretKey string
	PathStyle bool // the bucket in the path instead of the host name

	Transport http.RoundTripper // nil: one with bounds of its own
	Tries     int               // of each request that had no answer, or a bad one; default 3
}

// S3 is a bucket.
type S3 struct {
	client *minio.Client
	config S3Config
	where  where
	strays int // how many objects may be there that should not be
}

// atOnce is how many objects are on their way at the same time.
const atOnce = 8

// digestKey is the object's metadata that holds the SHA-256 of its bytes, for storage whose ETags are no digests.
const digestKey = "Newsdesk-Sha256"

// checkName is written and removed to try a place. Servers do not show names that begin with a dot, and sites have none.
const checkName = ".newsdesk-check"

// Bounds of what is believed of a bucket: the bytes of one answer (a thousand names are a megabyte or two), and the objects
// there that are not the website's.
const (
	maxS3Answer = 16 << 20
	maxStrays   = 1_000_000
)

// short gives answers an end.
type short struct{ http.RoundTripper }

func (s short) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxS3Answer), res.Body}
	}
	return res, err
}

// NewS3 makes a client. It does not ask the bucket anything.
func NewS3(c S3Config) (*S3, error) {
	c.Prefix = strings.Trim(path.Clean("/"+c.Prefix), "/")
	lookup := minio.BucketLookupDNS
	if c.PathStyle {
		lookup = minio.BucketLookupPath
	}
	if c.Transport == nil {
		c.Transport = &http.Transport{
			Proxy:       http.ProxyFromEnvironment,
			DialContext: (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext, TLSHandshakeTimeout: 10 * time.Second,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
			MaxIdleConnsPerHost: atOnce, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: time.Minute, ForceAttemptHTTP2: true,
		}
	}
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: !c.Insecure, Region: c.Region, BucketLookup: lookup,
		Transport: short{c.Transport}, MaxRetries: cmp.Or(c.Tries, 3),
	})
	if err != nil {
		return nil, fmt.Errorf("place: s3 client: %w", err)
	}
	return &S3{client: client, config: c, where: where("s3://" + path.Join(c.Bucket, c.Prefix)), strays: maxStrays}, nil
}

// ID implements site.Place.
func (s *S3) ID() string {
	return "s3 " + s.config.Endpoint + " " + path.Join(s.config.Bucket, s.config.Prefix)
}

// ReadsMarks implements site.Place: whoever asks a bucket for an address gets the object of that name.
func (s *S3) ReadsMarks() bool { return false }

func (s *S3) key(name string) string { return path.Join(s.config.Prefix, name) }

// Put implements site.Place.
func (s *S3) Put(ctx context.Context, _ string, files []site.File) error {
	return each(ctx, files, s.put)
}

// each does something with several at once, and stops at the first failure.
func each[T any](ctx context.Context, all []T, do func(context.Context, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, one := range all {
		group.Go(func() error {
			if err := stopped(ctx); err != nil {
				return err
			}
			return do(ctx, one)
		})
	}
	return group.Wait()
}

func (s *S3) put(ctx context.Context, f site.File) error {
	file, err := os.Open(f.Path)
	if err != nil {
		return local(err)
	}
	defer file.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return local(err)
	}
	return s.putObject(ctx, f.Name, file, size, minio.PutObjectOptions{
		ContentType: f.ContentType, CacheControl: f.CacheControl, ContentDisposition: f.Disposition,
		UserMetadata: map[string]string{digestKey: hex.EncodeToString(sum.Sum(nil))},
	})
}

// putObject writes an object in one piece, so that its ETag is the MD5 of its bytes where storage keeps to that.
func (s *S3) putObject(ctx context.Context, name string, r io.Reader, size int64, o minio.PutObjectOptions) error {
	bounded, stop := context.WithTimeout(ctx, time.Minute+time.Duration(size/(20<<10))*time.Second)
	defer stop()
	o.SendContentMd5, o.DisableMultipart = true, true
	_, err := s.client.PutObject(bounded, s.config.Bucket, s.key(name), r, size, o)
	return s.explain(ctx, "put "+name, err)
}

// Remove implements site.Place. A bucket has no folders.
func (s *S3) Remove(ctx context.Context, names []string) error {
	return each(ctx, names, func(ctx context.Context, name string) error {
		bounded, stop := context.WithTimeout(ctx, time.Minute)
		defer stop()
		err := s.client.RemoveObject(bounded, s.config.Bucket, s.key(name), minio.RemoveObjectOptions{})
		if code := minio.ToErrorResponse(err).Code; code == minio.NoSuchKey {
			return nil
		}
		return s.explain(ctx, "remove "+name, err)
	})
}

// Compare implements site.Place. Both sides come in the order of their names; where storage lists them in another, files
// are named that need not be, and are brought again.
func (s *S3) Compare(ctx context.Context, c site.Comparison) error {
	next, stop := iter.Pull2(c.Want)
	defer stop()
	want, err, more := next()
	strays := 0
	for object, failed := range s.list(ctx) {
		if err = errors.Join(err, failed); err != nil {
			return err
		}
		name := strings.TrimPrefix(object.Key, s.key("")+"/")
		for ; more && want.Name < name && err == nil; want, err, more = next() {
			if err := c.Stale(want.Name); err != nil {
				return err
			}
		}
		stale, stray := own(c.Own, name), true
		if more && err == nil && want.Name == name {
			stray = false
			if stale, err = s.differs(ctx, want, object); err == nil {
				want, err, more = next()
			}
		}
		if stale && err == nil {
			if stray {
				strays++
			}
			if strays > s.strays {
				return s.where.refused(fmt.Sprintf("more than %d objects that are not the website's", s.strays), nil)
			}
			err = c.Stale(name)
		}
	}
	for ; more && err == nil; want, err, more = next() {
		if err := c.Stale(want.Name); err != nil {
			return err
		}
	}
	return err
}

// own reports whether a name is in one of the website's folders.
func own(folders []string, name string) bool {
	top, _, below := strings.Cut(name, "/")
	for _, folder := range folders {
		if below && folder == top {
			return true
		}
	}
	return false
}

func (s *S3) list(ctx context.Context) iter.Seq2[minio.ObjectInfo, error] {
	return func(yield func(minio.ObjectInfo, error) bool) {
		ctx, stop := context.WithCancel(ctx) // ends the client's own goroutine
		defer stop()
		prefix := s.config.Prefix
		if prefix != "" {
			prefix += "/"
		}
		for object := range s.client.ListObjects(ctx, s.config.Bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if !yield(object, s.explain(ctx, "list", object.Err)) || object.Err != nil {
				return
			}
		}
		if err := stopped(ctx); err != nil {
			yield(minio.ObjectInfo{}, err)
		}
	}
}

// differs compares a file with an object: by size, by MD5, and where the ETag is none by the digest that was put with it.
func (s *S3) differs(ctx context.Context, f site.File, object minio.ObjectInfo) (bool, error) {
	if f.Size != object.Size {
		return true, nil
	}
	file, err := os.Open(f.Path)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil // gone since it was listed
	}
	if err != nil {
		return false, local(err)
	}
	defer file.Close()
	weak, strong := md5.New(), sha256.New() //nolint:gosec // as above
	if _, err := io.Copy(io.MultiWriter(weak, strong), file); err != nil {
		return false, local(err)
	}
	if strings.Trim(object.ETag, `"`) == hex.EncodeToString(weak.Sum(nil)) {
		return false, nil
	}
	info, err := s.client.StatObject(ctx, s.config.Bucket, object.Key, minio.StatObjectOptions{})
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
		return true, nil
	}
	if err != nil {
		return false, s.explain(ctx, "look at "+f.Name, err)
	}
	return info.UserMetadata[digestKey] != hex.EncodeToString(strong.Sum(nil)), nil
}

// Check implements site.Place.
func (s *S3) Check(ctx context.Context) error {
	for _, err := range s.list(ctx) {
		if err != nil {
			return err
		}
		break
	}
	said := []byte("newsdesk\n")
	err := s.putObject(ctx, checkName, bytes.NewReader(said), int64(len(said)), minio.PutObjectOptions{ContentType: "text/plain"})
	if err != nil {
		return err
	}
	return s.Remove(ctx, []string{checkName})
}

// explain sorts the storage's answers. The client's errors hold no keys.
func (s *S3) explain(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ended := stopped(ctx); ended != nil {
		return ended
	}
	answer := minio.ToErrorResponse(err)
	err = fmt.Errorf("s3 %s: %w", doing, err)
	words := strings.Trim(answer.Code+": "+answer.Message, ": ")
	var unknown x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown), errors.As(err, &wrongHost), errors.As(err, &invalid):
		return fault(CodeCertificate, press.ClassConfig,
			press.Say("The certificate of the website's place %s cannot be trusted.", "网站存放位置 %s 的证书不可信。", s.where),
			press.Say("Correct site.place.s3.endpoint, or have the certificate mended, then release.", "请更正 site.place.s3.endpoint 或修复证书，然后放行。"), "", err)
	case answer.StatusCode == 0:
		return s.where.unreachable("", err)
	}
	switch answer.Code {
	case minio.NoSuchBucket, minio.InvalidBucketName:
		return s.where.missing(words, err)
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidSecurity", "XAdminUserNotFound":
		return s.where.key(press.Say("Correct site.place.s3.access_key and secret_key, restart, then release.",
			"请更正 site.place.s3 的 access_key 与 secret_key，重启后放行。"), words, err)
	case "RequestTimeTooSkewed", "RequestExpired":
		return fault(CodeClock, press.ClassConfig,
			press.Say("This machine's clock differs too much from that of the website's place %s.", "本机时钟与网站存放位置 %s 相差过大。", s.where),
			press.Say("Set the clock (NTP), then release.", "请校准时钟（NTP）后放行。"), words, err)
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException":
		return fault(CodeRegion, press.ClassConfig,
			press.Say("The website's place %s is in another region.", "网站存放位置 %s 位于其他地域。", s.where),
			press.Say("Correct site.place.s3.region and endpoint, restart, then release.", "请更正 site.place.s3 的 region 与 endpoint，重启后放行。"), words, err)
	case "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage":
		return s.where.full(words, err)
	}
	return s.byStatus(answer.StatusCode, words, err)
}

func (s *S3) byStatus(status int, words string, err error) error {
	switch {
	case status == http.StatusInsufficientStorage:
		return s.where.full(words, err)
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return s.where.denied(words, err)
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError || status == http.StatusRequestTimeout:
		return s.where.unwell(words, err)
	}
	return s.where.refused(words, err)
}
