//go:build unix

package drill

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"newsdesk/internal/blob"
	"newsdesk/internal/desk"
	"newsdesk/internal/gallery"
	"newsdesk/internal/intake"
	"newsdesk/internal/markup"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/store"
)

// The databases of a World.
const (
	SQLite   = store.DriverSQLite
	Postgres = store.DriverPostgres
)

// seedKey says which prepared database a world is a copy of.
type seedKey struct {
	database string
	articles int
	own      bool // on the PostgreSQL that is restarted
}

// seed is a database with signed articles, and the folder with their photos. Worlds get copies.
type seed struct {
	once     sync.Once
	err      error
	folder   string // blobs, and the SQLite file
	template string // the PostgreSQL database
	articles []press.ArticleID
}

var seeds struct {
	mu  sync.Mutex
	all map[seedKey]*seed
}

func seeded(t testing.TB, key seedKey) *seed {
	t.Helper()
	seeds.mu.Lock()
	if seeds.all == nil {
		seeds.all = map[seedKey]*seed{}
	}
	s := seeds.all[key]
	if s == nil {
		s = &seed{}
		seeds.all[key] = s
	}
	seeds.mu.Unlock()
	s.once.Do(func() { s.err = s.make(key) })
	if errors.Is(s.err, servicetest.ErrNoPostgres) {
		t.Skip(s.err)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s
}

func (s *seed) make(key seedKey) (err error) {
	if s.folder, err = os.MkdirTemp("", "newsdesk-seed-"); err != nil {
		return err
	}
	atTheEnd(func() { _ = os.RemoveAll(s.folder) })
	dsn := filepath.Join(s.folder, "newsdesk.db")
	if key.database == Postgres {
		c, err := cluster(key.own)
		if err != nil {
			return err
		}
		s.template = fmt.Sprintf("seed_%d", key.articles)
		if err := c.admin("CREATE DATABASE " + s.template + " TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
			return err
		}
		dsn = c.database(s.template)
	}
	ctx := context.Background()
	kept, err := store.Open(ctx, store.Config{Driver: key.database, DSN: dsn})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	if _, _, err := kept.Migrate(ctx); err != nil {
		return err
	}
	s.articles, err = write(ctx, kept, s.folder, key.articles)
	return err
}

// write hands articles in and has each signed by three people.
func write(ctx context.Context, kept *store.Store, folder string, articles int) ([]press.ArticleID, error) {
	d, err := openDesk(kept, folder, nil, nil)
	if err != nil {
		return nil, err
	}
	var readers []press.User
	for i, stage := range d.Stages {
		user, err := d.AddUser(ctx, press.System(), fmt.Sprintf("示例审核员 %d %s", i+1, stage.Name.ZH), []press.Role{press.Reviewer}, nil)
		if err != nil {
			return nil, err
		}
		readers = append(readers, user)
	}
	var out []press.ArticleID
	for i := range articles {
		handed, err := d.HandIn(ctx, press.System(), desk.HandIn{Files: parcel(i)})
		if err != nil {
			return nil, err
		}
		a := handed.Article
		for _, user := range readers {
			if _, _, err := d.Sign(ctx, press.Actor{User: user}, a.ID, a.Revision, a.Hash); err != nil {
				return nil, err
			}
		}
		out = append(out, a.ID)
	}
	return out, nil
}

// parcel is a short article with two photos. No two articles have a word or a photo in common that a judge compares.
func parcel(i int) []intake.File {
	text := fmt.Sprintf("# 示例稿件第 %d 号\n\n第 %d 号稿件的第一段：食堂今日推出新菜单，共 %d 道菜。\n\n![菜品](first.jpg)\n\n"+
		"第 %d 号稿件的第二段：菜单每周更新。\n\n![餐厅](second.jpg)\n\n第 %d 号稿件到此结束。\n", i+1, i+1, i+12, i+1, i+1)
	return []intake.File{file("news.md", []byte(text)), file("first.jpg", drawn(2*i)), file("second.jpg", drawn(2*i+1))}
}

func file(name string, data []byte) intake.File {
	return intake.File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// drawn is a small photo; each number has a colour of its own.
func drawn(n int) []byte {
	const width, height = 480, 320
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{R: uint8(n * 37), G: uint8(n / 7 * 31), B: uint8(80 + x/8 + y/8), A: 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// openDesk puts a desk on a store, with accounts that the configuration of the processes has too.
func openDesk(kept *store.Store, folder string, q desk.Queue, accounts []press.Account) (*desk.Desk, error) {
	blobs, err := blob.NewDisk(filepath.Join(folder, "blobs"))
	if err != nil {
		return nil, err
	}
	themes, err := markup.LoadThemes("")
	if err != nil {
		return nil, err
	}
	return desk.New(desk.Config{
		Office: office{accounts: accounts, themes: themes}, Store: kept, Queue: q, WakeEarly: wakeEarly, Limits: intake.DefaultLimits(),
		Gallery: gallery.New(gallery.Config{Store: kept, Blobs: blobs, Pipeline: photo.New(photo.Config{Workers: 1})}),
	}), nil
}

// office is the accounts and themes that a desk asks for when it composes.
type office struct {
	desk.Office
	accounts []press.Account
	themes   *markup.ThemeSet
}

// Accounts returns the accounts. They have no kind, so that the desk plans as many pushes as a drill wants.
func (o office) Accounts(context.Context) []press.Account { return o.accounts }

// Themes returns the themes of the program.
func (o office) Themes(context.Context) *markup.ThemeSet { return o.themes }

// pgCluster is a PostgreSQL with databases for many worlds.
type pgCluster struct {
	*servicetest.Postgres
	mu   sync.Mutex
	made int
}

// cluster returns the PostgreSQL of all worlds, or the one that belongs to a single world at a time, which restarts it.
func cluster(own bool) (*pgCluster, error) {
	if own {
		return victim()
	}
	return common()
}

var common, victim = sync.OnceValues(startCluster), sync.OnceValues(startCluster)

func startCluster() (*pgCluster, error) {
	server, err := servicetest.StartPostgres(context.Background(), false)
	if err != nil {
		return nil, err
	}
	atTheEnd(server.Stop)
	return &pgCluster{Postgres: server}, nil
}

func (c *pgCluster) admin(statement string) error {
	db, err := sql.Open("pgx", c.URL)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), statement)
	return err
}

// database is the address of one of the databases.
func (c *pgCluster) database(name string) string {
	return strings.Replace(c.URL, "/postgres?", "/"+name+"?", 1)
}

// fresh copies a database. Copies of one database are made one after another: PostgreSQL wants it for itself.
func (c *pgCluster) fresh(template string) (name string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	name = fmt.Sprintf("world_%d", c.made)
	return name, c.admin("CREATE DATABASE " + name + " TEMPLATE " + template)
}

// socket is where the server listens.
func (c *pgCluster) socket() (string, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return "", err
	}
	return filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432"), nil
}
