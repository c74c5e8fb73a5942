package backup_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/backup"
	"newsdesk/internal/press"
)

// BenchmarkTenThousand backs up, checks and restores an office of 10,000 articles, each with two revisions of 4 KB, three
// signatures and five entries of history, and a thousand photos of 50 KB.
func BenchmarkTenThousand(b *testing.B) {
	const articles = 10_000
	o := newOffice(b, b.TempDir())
	noise := rand.NewChaCha8([32]byte{1})
	picture := make([]byte, 50_000)
	_, _ = noise.Read(picture)
	_, err := o.BeginRestore(b.Context(), 12, "bench")
	o.ok(err)
	o.ok(o.Load(b.Context(), func(put func(string, []string, []any) error) error { return manyArticles(put, articles, o, picture) }))
	_, err = o.FinishRestore(b.Context(), time.Now(), "")
	o.ok(err)
	path := filepath.Join(b.TempDir(), "b.tar")
	for b.Loop() {
		_ = os.Remove(path)
		var made, checked, restored time.Duration
		peak := watchHeap(func() {
			made = taken(func() {
				o.ok(backup.Create(path, func(w io.Writer) error {
					_, err := backup.Make(b.Context(), w, o.source())
					return err
				}))
			})
			var m backup.Manifest
			file, err := os.Open(path)
			o.ok(err)
			defer file.Close()
			checked = taken(func() {
				m, err = backup.Check(b.Context(), file, nil)
				o.ok(err)
			})
			restored = taken(func() {
				to := newOffice(b, b.TempDir())
				_, err := backup.Restore(b.Context(), file, m, backup.Target{Tables: to.Store, Blobs: to.blobs})
				o.ok(err)
			})
		})
		info, err := os.Stat(path)
		o.ok(err)
		b.ReportMetric(made.Seconds(), "s/backup")
		b.ReportMetric(checked.Seconds(), "s/check")
		b.ReportMetric(restored.Seconds(), "s/restore")
		b.ReportMetric(float64(info.Size()-articles/10*int64(len(picture)))/1e6, "MB-without-photos")
		b.ReportMetric(float64(peak)/1e6, "MB-heap-peak")
	}
}

func taken(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}

// watchHeap returns the most that the heap held while f ran.
func watchHeap(f func()) (peak uint64) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	<-done
	return peak
}

func manyArticles(put func(string, []string, []any) error, articles int, o *office, picture []byte) error {
	now := time.Now().UnixMicro()
	user := []string{"id", "name", "roles", "stages", "disabled", "created_at", "lang", "password", "must_change"}
	for i := range 3 {
		if err := put("users", user, []any{fmt.Sprint("u", i), fmt.Sprint("person ", i), "", "", false, now, "", "", false}); err != nil {
			return err
		}
	}
	words := strings.Fields("今天 学院 举行 开放日 活动 学生 教师 参加 展览 图书馆 讲座 报名 示例 the article paragraph of news and its photo")
	for i := range articles {
		var text bytes.Buffer
		for text.Len() < 4000 {
			text.WriteString(words[rand.IntN(len(words))]) //nolint:gosec // words of a sample
		}
		sum := sha256.Sum256(text.Bytes())
		hash, id := hex.EncodeToString(sum[:]), fmt.Sprintf("%026d", i)
		rows := []struct {
			table, columns string
			row            []any
		}{
			{"articles", "id,state,revision,hash,title,title_fold,column_key,author,created_at,updated_at", []any{id, "approved", int64(2), hash, "标题" + id, "标题" + id, "", "u0", now, now}},
			{"revisions", "article,number,hash,content,author,unplaced,notes,created_at", []any{id, int64(1), hash, text.String(), "u0", "", "", now}},
			{"revisions", "article,number,hash,content,author,unplaced,notes,created_at", []any{id, int64(2), hash, text.String(), "u0", "", "", now}},
		}
		if i%10 == 0 {
			copy(picture, id)
			digest, n, err := o.blobs.Put(o.Context(), bytes.NewReader(picture), 1<<20)
			if err != nil {
				return err
			}
			err = put("photos", strings.Split("digest,name,format,width,height,bytes,has_gps,profile,taken_at,added_at,device,photographer,removed,focus_x,focus_y", ","),
				[]any{string(digest), "a.jpg", "jpeg", int64(9), int64(9), n, false, "", nil, now, "", "", "", nil, nil})
			if err != nil {
				return err
			}
		}
		for j := range 3 {
			rows = append(rows, struct {
				table, columns string
				row            []any
			}{"sign_offs", "article,revision,hash,stage,person,person_name,signed_at", []any{id, int64(2), hash, fmt.Sprint(j), fmt.Sprint("u", j), "person", now}})
		}
		for j := range 5 {
			rows = append(rows, struct {
				table, columns string
				row            []any
			}{"audit", "seq,at,actor,actor_name,action,subject,detail", []any{int64(i*5 + j + 1), now, "u0", "person", "article.sign", id, press.DigestOf(nil).Short()}})
		}
		for _, r := range rows {
			if err := put(r.table, strings.Split(r.columns, ","), r.row); err != nil {
				return err
			}
		}
	}
	return nil
}
