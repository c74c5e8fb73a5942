package place

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"newsdesk/internal/press"
	"newsdesk/internal/site"
)

// bucketServer starts a real S3 server whose buckets are folders below the one that is returned: versitygw, where it is
// installed (go install github.com/versity/versitygw/cmd/versitygw@v1.8.0).
func bucketServer(t *testing.T) (S3Config, string) {
	t.Helper()
	program, err := exec.LookPath("versitygw")
	if err != nil {
		t.Skip("versitygw is not installed")
	}
	dir, err := os.MkdirTemp("", "s3-") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	socket, buckets := filepath.Join(dir, "s"), filepath.Join(dir, "buckets")
	if err := os.Mkdir(buckets, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--quiet", "--access", "newsdesk", "--secret", "s3cret-of-the-test", "--port", socket, "posix", "--sidecar", filepath.Join(dir, "meta"), buckets)
	cmd.Dir = dir
	if err := os.Mkdir(filepath.Join(dir, "meta"), 0o755); err != nil {
		t.Fatal(err)
	}
	said := &capped{room: 4 << 10}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	})
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	transport := &http.Transport{DialContext: dial}
	for range 500 {
		if conn, err := dial(t.Context(), "", ""); err == nil {
			conn.Close()
			break
		}
		time.Sleep(10 * time.Millisecond) // until it listens
	}
	c := S3Config{
		Endpoint: "127.0.0.1:9000", Insecure: true, Region: "us-east-1", Bucket: "site", AccessKey: "newsdesk", SecretKey: "s3cret-of-the-test",
		PathStyle: true, Transport: transport, Tries: 1,
	}
	s := newS3(t, c)
	if err := s.client.MakeBucket(t.Context(), "site", minio.MakeBucketOptions{}); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	return c, filepath.Join(buckets, "site")
}

func newS3(t *testing.T, c S3Config) *S3 {
	t.Helper()
	s, err := NewS3(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// breaking is a line that breaks before its n-th request.
type breaking struct {
	http.RoundTripper
	left atomic.Int64
}

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.left.Add(-1) < 0 {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, net.ErrClosed
	}
	return b.RoundTripper.RoundTrip(r)
}

func TestBucket(t *testing.T) {
	t.Parallel()
	c, dir := bucketServer(t)
	c.Prefix = "/www/"
	s := newS3(t, c)
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := open(t, s)
	for n := range 3 {
		o.must(o.publish(n))
	}
	o.must(o.remove(1))
	agree(o, dir)
	const forGood = "public, max-age=31536000, immutable"
	for name, want := range map[string][3]string{
		"c/通知公告/index.html":           {"text/html; charset=utf-8", "no-cache", ""},
		photoOf(o.articles[0]):        {"image/jpeg", forGood, ""},
		o.site.Path(o.articles[1].ID): {"text/html; charset=utf-8", "no-cache", ""},
		site.AttachmentFile(o.articles[0].Content.Attachments[0]): {
			"application/pdf", forGood, "attachment; filename*=UTF-8''" + url.PathEscape("附件1：示例名单 (第 0 批)_表.pdf"),
		},
	} {
		info, err := s.client.StatObject(t.Context(), "site", "www/"+name, minio.StatObjectOptions{})
		if err != nil || info.ContentType != want[0] || info.Metadata.Get("Cache-Control") != want[1] || info.Metadata.Get("Content-Disposition") != want[2] || len(info.UserMetadata[digestKey]) != 64 {
			t.Errorf("%s: %q, %q, %v, %v", name, info.ContentType, info.Metadata.Get("Cache-Control"), info.UserMetadata, err)
		}
	}

	foreign := newS3(t, c)
	foreign.config.Prefix = ""
	o.must(foreign.Put(t.Context(), "", []site.File{{Name: "other/index.html", Path: filepath.Join(o.dir, "404.html")}}))
	for _, f := range []site.File{{Name: "index.html"}, {Name: "all/stray.html"}, {Name: "img/own.html"}} {
		f.Path = filepath.Join(o.dir, "404.html")
		o.must(s.Put(t.Context(), "", []site.File{f}))
	}
	o.must(s.Remove(t.Context(), []string{"all/index.html", "never/there.html"}))
	done, err := o.site.PushAll(t.Context())
	if err != nil || done.Files != 2 || done.Removed != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	for _, own := range []string{"www/img/own.html", "other/index.html"} {
		if err := os.Remove(filepath.Join(dir, own)); err != nil {
			t.Error(err)
		}
	}
	agree(o, dir)
}

// agree holds a bucket against the folder. It reads no marks, so the page that says so stands for what was taken down.
func agree(o *office, dir string) {
	o.t.Helper()
	want := files(o.t, o.dir)
	for name := range want {
		if page, mark := strings.CutSuffix(name, ".gone"); mark {
			delete(want, name)
			want[page] = want["410.html"]
		}
	}
	if differ := diff(want, files(o.t, filepath.Join(dir, "www"))); len(differ) > 0 {
		o.t.Errorf("the bucket differs: %v", differ)
	}
}

// TestBucketLineBreaks breaks the line before some request of publishing and of taking down; then it is repeated.
func TestBucketLineBreaks(t *testing.T) {
	t.Parallel()
	c, dir := bucketServer(t)
	c.Prefix = "www"
	line := &breaking{RoundTripper: c.Transport}
	line.left.Store(1 << 30)
	c.Transport = line
	o := open(t, newS3(t, c))
	o.must(o.publish(0))
	for _, cut := range []int64{0, 1, 2, 5, 9} {
		for _, do := range []func(int) error{o.publish, o.remove} {
			line.left.Store(cut)
			err := do(1)
			line.left.Store(1 << 30)
			whole(t, files(t, filepath.Join(dir, "www")))
			mustFault(t, err, CodeUnreachable, press.ClassBackoff)
			o.must(do(1))
			agree(o, dir)
		}
	}
}

func TestBucketFaults(t *testing.T) {
	t.Parallel()
	c, _ := bucketServer(t)
	for _, tc := range []struct {
		code   string
		class  press.Class
		change func(*S3Config)
	}{
		{CodeKey, press.ClassConfig, func(c *S3Config) { c.SecretKey = "another-secret" }},
		{CodeKey, press.ClassConfig, func(c *S3Config) { c.AccessKey = "nobody" }},
		{CodeMissing, press.ClassConfig, func(c *S3Config) { c.Bucket = "there-is-none" }},
		{CodeUnreachable, press.ClassBackoff, func(c *S3Config) { c.Endpoint, c.Transport = "127.0.0.1:1", nil }},
	} {
		c := c
		tc.change(&c)
		mustFault(t, newS3(t, c).Check(t.Context()), tc.code, tc.class, c.SecretKey)
	}
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer untrusted.Close()
	c.Endpoint, c.Insecure, c.Transport = strings.TrimPrefix(untrusted.URL, "https://"), false, nil
	mustFault(t, newS3(t, c).Check(t.Context()), CodeCertificate, press.ClassConfig, c.SecretKey)
	ended, end := context.WithCancel(t.Context())
	end()
	if err := newS3(t, c).Check(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
}

// TestBucketAnswers sorts answers that the server of the tests does not give.
func TestBucketAnswers(t *testing.T) {
	t.Parallel()
	s := newS3(t, S3Config{Endpoint: "127.0.0.1:1", Bucket: "site"})
	for _, tc := range []struct {
		answer minio.ErrorResponse
		code   string
		class  press.Class
	}{
		{minio.ErrorResponse{StatusCode: 403, Code: "AccessDenied"}, CodeDenied, press.ClassConfig},
		{minio.ErrorResponse{StatusCode: 403, Code: "QuotaExceeded"}, CodeFull, press.ClassBackoff},
		{minio.ErrorResponse{StatusCode: 507, Code: "XMinioStorageFull"}, CodeFull, press.ClassBackoff},
		{minio.ErrorResponse{StatusCode: 507}, CodeFull, press.ClassBackoff},
		{minio.ErrorResponse{StatusCode: 503, Code: "SlowDown"}, CodeUnwell, press.ClassBackoff},
		{minio.ErrorResponse{StatusCode: 403, Code: "RequestTimeTooSkewed"}, CodeClock, press.ClassConfig},
		{minio.ErrorResponse{StatusCode: 400, Code: "AuthorizationHeaderMalformed"}, CodeRegion, press.ClassConfig},
		{minio.ErrorResponse{StatusCode: 301, Code: "PermanentRedirect"}, CodeRegion, press.ClassConfig},
		{minio.ErrorResponse{StatusCode: 400, Code: "KeyTooLongError", Message: strings.Repeat("长", 400)}, CodeRefused, press.ClassConfig},
	} {
		mustFault(t, s.explain(t.Context(), "put", tc.answer), tc.code, tc.class)
	}
}
