package place

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/site"
)

// TestBucketThatNeverEnds: a server that lists without end, or answers without end, takes neither the memory of this machine
// nor its time.
func TestBucketThatNeverEnds(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(w io.Writer, n int){
		"pages": func(w io.Writer, n int) {
			fmt.Fprintf(w, `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t%d</NextContinuationToken>`, n)
			for i := range 100 {
				fmt.Fprintf(w, `<Contents><Key>a/%08d</Key><Size>1</Size></Contents>`, 100*n+i)
			}
			_, _ = io.WriteString(w, `</ListBucketResult>`)
		},
		"one answer": func(w io.Writer, _ int) {
			_, _ = io.WriteString(w, `<ListBucketResult><Name>`)
			for piece := strings.Repeat("x", 1<<20); ; {
				if _, err := io.WriteString(w, piece); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				answer(w, int(n.Add(1)))
			}))
			defer server.Close()
			s := newS3(t, S3Config{Endpoint: strings.TrimPrefix(server.URL, "http://"), Insecure: true, Region: "us-east-1", Bucket: "site", PathStyle: true, Tries: 1})
			s.strays = 1000
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			err := s.Compare(ctx, site.Comparison{
				Dir: t.TempDir(), Own: []string{"a"}, Want: func(func(site.File, error) bool) {}, Stale: func(string) error { return nil },
			})
			if err == nil || ctx.Err() != nil {
				t.Errorf("it went on: %v", err)
			}
			if n.Load() > 30 {
				t.Errorf("%d pages were read", n.Load())
			}
		})
	}
}

// TestAnswersOfOldMachines: what a place says in another encoding can be kept and shown.
func TestAnswersOfOldMachines(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"\xb4\xc5\xc5\xcc\xbf\xd5\xbc\xe4", strings.Repeat("\xb4\xc5", 400), "\x1b[31mred\x00"} {
		if got := tidy(said); !utf8.ValidString(got) || len(got) > maxAnswer+10 || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q became %q", said, got)
		}
	}
}
