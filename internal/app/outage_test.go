package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/app"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// TestNoSQL: a database that is not there is one clear error, without its password.
func TestNoSQL(t *testing.T) {
	t.Parallel()
	r := &room{TB: t, log: &said{}}
	cfg := settings(t, map[string]any{
		"sql.driver": "postgres", "sql.dsn": "postgres://newsdesk:pass-of-the-base@" + closedPort(t) + "/newsdesk?connect_timeout=5",
	})
	_, err := app.Open(t.Context(), app.Options{Config: cfg, Serve: true, Work: true, Migrate: true, Logger: slog.New(slog.NewTextHandler(r.log, nil))})
	r.refused(err, press.Unavailable, "store.unreachable")
	if strings.Contains(err.Error()+r.log.String(), "pass-of-the-base") {
		t.Errorf("the password is told: %v, %s", err, r.log)
	}
}

// closedPort is an address where nothing listens.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestNoRedis(t *testing.T) {
	t.Parallel()
	r := enter(t, map[string]any{"redis.mode": "single", "redis.addresses": closedPort(t), "redis.password": "pass-of-redis"})
	out, err := r.handIn(file("a.txt", []byte("Without Redis\nText.\nphoto.jpg\n")), file("photo.jpg", drawn(t, 1, 200, 100)))
	r.ok(err)
	push := r.await(r.compose(press.ModePublish, time.Now().Add(500*time.Millisecond), r.sign(out.Article).ID), press.Live)
	r.once(push)
	state, err := r.as("one").Ready(t.Context())
	if err != nil || !state.Ready || !strings.Contains(state.Parts["redis"], "Redis does not answer") {
		t.Errorf("readyz: %+v, %v", state, err)
	}
	if strings.Contains(r.log.String(), "pass-of-redis") {
		t.Error("the password is in the log")
	}
}

// once checks that a push was sent exactly once, at its time.
func (r *room) once(push press.Delivery) {
	r.Helper()
	if push.Tries != 1 || push.FiredAt.Before(push.DueAt) {
		r.Errorf("%d calls, fired %s after its time", push.Tries, push.FiredAt.Sub(push.DueAt))
	}
	sent := 0
	for _, account := range r.Sandbox.State(100).Accounts {
		for _, p := range account.Publications {
			if p.MediaID == push.MediaID {
				sent++
			}
		}
	}
	if sent != 1 {
		r.Errorf("the account has %d publications of it", sent)
	}
}

// TestRedisLost kills Redis while a push is prepared and waits for its instant.
func TestRedisLost(t *testing.T) {
	t.Parallel()
	redis := servicetest.StartRedis(t)
	r := enter(t, map[string]any{"redis.mode": "single", "redis.addresses": redis.Address})
	state, err := r.as("one").Ready(t.Context())
	if err != nil || state.Parts["redis"] != "ok" {
		t.Fatalf("readyz before: %+v, %v", state, err)
	}
	out, err := r.handIn(file("a.txt", []byte("Redis goes away\nText.\n")))
	r.ok(err)
	a := r.sign(out.Article)
	soon := r.compose(press.ModePublish, time.Now().Add(2*time.Second), a.ID)
	later := r.compose(press.ModePublish, time.Now().Add(4*time.Second), a.ID)
	r.until(20*time.Second, func() bool { push, _ := r.deliveries(soon); return push.State == press.Ready })
	redis.Kill()
	r.once(r.await(soon, press.Live))
	r.once(r.await(later, press.Live))
	after := r.compose(press.ModePublish, time.Now(), a.ID) // composed when it is gone already
	r.once(r.await(after, press.Live))
}

// TestSQLiteLocked: another program holds the file's lock for a while; who writes waits, who reads does not.
func TestSQLiteLocked(t *testing.T) {
	t.Parallel()
	r := enter(t, nil)
	first, err := r.handIn(file("a.txt", []byte("Before the lock\nText.\n")))
	r.ok(err)
	other, err := sql.Open("sqlite", "file:"+filepath.Join(r.Config.Data, "newsdesk.db")+"?_txlock=immediate&_pragma=busy_timeout(5000)")
	r.ok(err)
	defer other.Close()
	lock, err := other.BeginTx(t.Context(), nil)
	r.ok(err)

	list, err := r.as("writer").Articles(t.Context(), api.ArticleQuery{Page: api.Page{Limit: 50}})
	if err != nil || list.Total != 1 {
		t.Errorf("reading under the lock: %d articles, %v", list.Total, err)
	}
	handed := make(chan error, 1)
	go func() {
		_, err := r.handIn(file("b.txt", []byte("Under the lock\nText.\n")))
		handed <- err
	}()
	select {
	case err := <-handed:
		t.Errorf("handed in under the lock: %v", err)
	case <-time.After(300 * time.Millisecond): // long enough to run into it; passing sooner proves nothing
	}
	r.ok(lock.Rollback())
	r.ok(<-handed)
	r.sign(first.Article)
}

// TestTokenRevoked: a token ends at once, between calls and while an upload is on its way.
func TestTokenRevoked(t *testing.T) {
	t.Parallel()
	r := enter(t, nil)
	secret, token, err := r.Desk.CreateToken(t.Context(), press.System(), "writer", "lost laptop")
	r.ok(err)
	client := api.NewClient(r.Config.PublicURL, secret, nil)
	parcel := []intake.File{file("a.txt", []byte("Title\nText.\n"))}
	_, err = client.HandIn(t.Context(), api.Parcel{Files: parcel})
	r.ok(err)

	slow := file("photo.jpg", drawn(t, 1, 600, 400))
	data := slow.Open
	slow.Open = func() (io.ReadCloser, error) { // is called when the document has left already
		r.ok(r.Desk.RevokeToken(context.WithoutCancel(t.Context()), press.System(), token.ID))
		return data()
	}
	out, err := client.HandIn(t.Context(), api.Parcel{Files: append(parcel, slow)})
	if err != nil { // refused, or taken from who was somebody when it began; never something in between
		r.refused(err, press.Unauthenticated, "token.invalid")
	} else if out.Article.State != press.ArticleReview || len(out.Photos) == 0 {
		t.Errorf("taken in part: %+v", out.Article)
	}
	_, err = client.Articles(t.Context(), api.ArticleQuery{Page: api.Page{Limit: 50}})
	r.refused(err, press.Unauthenticated, "token.invalid")
	_, err = client.HandIn(t.Context(), api.Parcel{Files: parcel})
	r.refused(err, press.Unauthenticated, "token.invalid")
	if strings.Contains(r.log.String(), secret) {
		t.Error("the secret is in the log")
	}
}

// TestUploadBreaksOff: what came only in part is no article, and leaves nothing in the folder for uploads.
func TestUploadBreaksOff(t *testing.T) {
	t.Parallel()
	r := enter(t, nil)
	torn := intake.File{Name: "photo.jpg", Size: 1 << 20, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(io.LimitReader(zeroes{}, 1<<19), broken{})), nil
	}}
	_, err := r.handIn(file("a.txt", []byte("Title\nText.\n")), torn)
	r.refused(err, press.Invalid, "")
	list, err := r.as("writer").Articles(t.Context(), api.ArticleQuery{Page: api.Page{Limit: 50}})
	if err != nil || list.Total != 0 {
		t.Errorf("%d articles of half an upload: %v", list.Total, err)
	}
	r.until(5*time.Second, func() bool {
		left, err := filepath.Glob(filepath.Join(r.Config.Data, "tmp", "*"))
		return err == nil && len(left) == 0
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the cable was pulled") }

// TestDiskFull fills the data folder's disk: one clear error each time, nothing lost, and all is well when there is room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("newsdesk-test", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	r := enter(t, map[string]any{"data": dir})
	photo := func(i int) intake.File {
		return file("photo.jpg", noise(t, uint64(i)))
	}
	document := func(i int) intake.File { return file("a.txt", fmt.Appendf(nil, "Article %d\nText.\nphoto.jpg\n", i)) }
	taken := 0
	hand := func(files ...intake.File) error {
		_, err := r.handIn(files...)
		if err == nil {
			taken++
		}
		return err
	}
	r.ok(hand(document(0), photo(0)))

	// the disk fills while an upload is read
	room := r.fill(dir, 256<<10)
	r.full(hand(document(1), photo(1)))
	// while photos and their renditions are kept
	r.ok(os.Truncate(filepath.Join(dir, "filler"), room-(1<<20)))
	for i := range 20 {
		if err := hand(document(i+2), photo(i+2)); err != nil {
			r.full(err)
			break
		}
	}
	// and wholly: not even a short text
	r.fill(dir, 0)
	r.full(hand(file("a.txt", []byte("Short\nText.\n"))))
	var err error
	for i := range 5000 { // the database still has some pages of its own
		if _, err = r.Desk.AddUser(t.Context(), press.System(), fmt.Sprint("person ", i), []press.Role{press.Editor}, nil); err != nil {
			break
		}
	}
	r.refused(err, press.Unavailable, "store.full")
	list, err := r.as("writer").Articles(t.Context(), api.ArticleQuery{Page: api.Page{Limit: 50}})
	if err != nil || list.Total != taken {
		t.Errorf("%d articles are listed on the full disk, %d were taken: %v", list.Total, taken, err)
	}
	for _, a := range list.Articles {
		if _, err := r.as("one").Article(t.Context(), a.ID, 0); err != nil {
			t.Errorf("%s cannot be read on the full disk: %v", a.Title, err)
		}
	}
	r.ok(os.Remove(filepath.Join(dir, "filler")))
	out, err := r.handIn(document(99), photo(99))
	r.ok(err)
	push := r.await(r.compose(press.ModePublish, time.Now(), r.sign(out.Article).ID), press.Live)
	r.contains(r.fetch(r.Sandbox.LocalURL(push.URLs[0])), "Article 99")
	left, err := filepath.Glob(filepath.Join(dir, "tmp", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind by failed uploads: %v, %v", left, err)
	}
}

// full checks that a full disk was told as one.
func (r *room) full(err error) {
	r.Helper()
	r.refused(err, press.Unavailable, "")
	switch code := press.CodeOf(err); code {
	case "disk.full", "blob.full", "store.full":
		r.Log(code, press.TextOf(err).ZH)
	default:
		r.Errorf("a full disk is told as %s: %v", code, err)
	}
}

// fill takes all but some bytes of a disk, and returns how much it took.
func (r *room) fill(dir string, leave int64) int64 {
	r.Helper()
	filler, err := os.OpenFile(filepath.Join(dir, "filler"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	r.ok(err)
	defer filler.Close()
	for {
		var disk syscall.Statfs_t
		r.ok(syscall.Statfs(dir, &disk))
		free := int64(disk.Bavail) * disk.Bsize
		if free <= leave {
			break
		}
		if _, err := filler.Write(make([]byte, min(free-leave, 64<<10))); err != nil {
			break // full to the brim
		}
	}
	info, err := filler.Stat()
	r.ok(err)
	return info.Size()
}

// noise is a photo of about 700 KB, because it cannot be compressed.
func noise(t testing.TB, seed uint64) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	img := image.NewGray(image.Rect(0, 0, 900, 700))
	for i := range img.Pix {
		img.Pix[i] = uint8(random.Uint32())
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
