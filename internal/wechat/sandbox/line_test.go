package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestLine sends over a line of 20 Mbit/s on a clock that only moves when everybody waits: how long it takes is exact.
func TestLine(t *testing.T) {
	const bits, size = 20 * Mbit, 125_000 // 50 ms alone
	for name, senders := range map[string]int{"one": 1, "eight": 8, "sixty": 60} {
		synctest.Test(t, func(t *testing.T) {
			l := newLine(bits)
			begun := time.Now()
			var first, last time.Duration
			var mu sync.Mutex
			var all sync.WaitGroup
			for range senders {
				all.Go(func() {
					n, err := io.Copy(io.Discard, l.reader(t.Context(), io.NopCloser(bytes.NewReader(make([]byte, size)))))
					if err != nil || n != size {
						t.Errorf("%s: %d bytes came through: %v", name, n, err)
					}
					mu.Lock()
					defer mu.Unlock()
					if last = time.Since(begun); first == 0 {
						first = last
					}
				})
			}
			all.Wait()
			want := time.Duration(senders) * size * 8 * time.Second / bits
			if last < want-lineSlack-lineTick || last > want {
				t.Errorf("%s: all took %s, want %s", name, last, want)
			}
			if first < want*3/4 { // they share: the first is not done until nearly the end
				t.Errorf("%s: the first was through after %s of %s", name, first, last)
			}
		})
	}
}

// TestLineAnswers: what goes back shares the line too, and a caller that gives up is not waited for.
func TestLineAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLine(Mbit)
		begun := time.Now()
		rec := httptest.NewRecorder()
		if n, err := l.writer(t.Context(), rec).Write(make([]byte, 125_000)); n != 125_000 || err != nil || rec.Body.Len() != n {
			t.Errorf("wrote %d: %v", n, err)
		}
		if took := time.Since(begun); took < time.Second-lineSlack || took > time.Second {
			t.Errorf("a megabit over a megabit a second took %s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		begun = time.Now()
		if _, err := l.writer(ctx, rec).Write(make([]byte, 125_000)); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 100*time.Millisecond {
			t.Errorf("after %s: %v", time.Since(begun), err)
		}
	})
	rec := httptest.NewRecorder()
	if none := newLine(0); none.writer(t.Context(), rec) != http.ResponseWriter(rec) {
		t.Error("without a line answers go another way")
	}
}

// TestLineOfCalls: uploads at the same time share the line, and the latency is that of each call, not of all.
func TestLineOfCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const latency, calls = 150 * time.Millisecond, 6
		s, err := New(Config{Accounts: []Account{{AppID: testAppID, Secret: testSecret}}, Latency: latency, Line: 20 * Mbit})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var all sync.WaitGroup
		begun := time.Now()
		for range calls {
			all.Go(func() {
				req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/cgi-bin/media/uploadimg", bytes.NewReader(make([]byte, 125_000)))
				s.Handler().ServeHTTP(httptest.NewRecorder(), req)
			})
		}
		all.Wait()
		want := calls*50*time.Millisecond + latency
		if took := time.Since(begun); took < want-lineSlack-lineTick || took > want+lineTick {
			t.Errorf("%d uploads took %s, want %s", calls, took, want)
		}
		for _, c := range s.Calls(CallFilter{}) {
			if c.BodyLength != 125_000 || c.ErrCode != 40001 && c.ErrCode != 41001 {
				t.Errorf("%+v", c)
			}
		}
	})
}
