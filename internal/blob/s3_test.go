package blob

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// s3Config reads where a test server is: NEWSDESK_TEST_S3_ENDPOINT (host:port, plain HTTP), _BUCKET (which must exist),
// _ACCESS_KEY and _SECRET_KEY.
func s3Config(t *testing.T) S3Config {
	t.Helper()
	endpoint := os.Getenv("NEWSDESK_TEST_S3_ENDPOINT")
	if endpoint == "" {
		t.Skip("NEWSDESK_TEST_S3_ENDPOINT is not set")
	}
	return S3Config{
		Endpoint: endpoint, Insecure: true, PathStyle: true, Region: "us-east-1", Bucket: os.Getenv("NEWSDESK_TEST_S3_BUCKET"),
		AccessKey: os.Getenv("NEWSDESK_TEST_S3_ACCESS_KEY"), SecretKey: os.Getenv("NEWSDESK_TEST_S3_SECRET_KEY"),
	}
}

func TestS3(t *testing.T) {
	t.Parallel()
	config := s3Config(t)
	testStore(t, func(t *testing.T) Store {
		c := config
		c.Prefix = fmt.Sprintf("test-%d/%s", os.Getpid(), strings.ReplaceAll(t.Name(), "/", "-"))
		c.TempDir = t.TempDir()
		s, err := NewS3(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { empty(t, s) })
		t.Cleanup(func() {
			if left, err := os.ReadDir(c.TempDir); err != nil || len(left) > 0 {
				t.Errorf("%d staged files are left, %v", len(left), err)
			}
		})
		return s
	})
}

// empty removes what a test left.
func empty(t *testing.T, s *S3) {
	t.Helper()
	ctx := context.Background() // the test's own has ended
	err := s.List(ctx, func(d press.Digest, _ int64) error { return s.Delete(ctx, d) })
	if err != nil {
		t.Error(err)
	}
}

func TestS3Refusals(t *testing.T) {
	t.Parallel()
	c := s3Config(t)
	wrong := c
	wrong.SecretKey = "not-the-secret"
	if _, err := NewS3(t.Context(), wrong); press.CodeOf(err) != "blob.denied" || strings.Contains(err.Error(), "not-the-secret") {
		t.Errorf("a wrong key: %v", err)
	}
	c.Bucket = "there-is-no-such-bucket"
	if _, err := NewS3(t.Context(), c); press.KindOf(err) != press.NotFound {
		t.Errorf("no bucket: %v", err)
	}
}

func TestS3Unreachable(t *testing.T) {
	t.Parallel()
	_, err := NewS3(t.Context(), S3Config{Endpoint: "127.0.0.1:1", Insecure: true, PathStyle: true, Region: "r", Bucket: "b", AccessKey: "a", SecretKey: "s3cret"})
	if press.CodeOf(err) != "blob.unreachable" || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}
