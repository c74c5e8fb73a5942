//go:build unix

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"newsdesk/internal/servicetest"
)

// cluster is a PostgreSQL that only these tests use: started when the first test asks for it, gone at the end.
type cluster struct {
	url      string // of the maintenance database
	template string // a migrated database, copied for each test
	made     atomic.Int64
	private  bool
	stop     func()
}

func startCluster(ctx context.Context) (*cluster, error) {
	c := &cluster{url: os.Getenv("NEWSDESK_TEST_POSTGRES"), template: fmt.Sprintf("newsdesk_test_%d", os.Getpid())}
	c.stop = func() { _ = c.admin(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+c.template+" WITH (FORCE)") }
	if c.url == "" {
		server, err := servicetest.StartPostgres(ctx, benchmarking())
		if err != nil {
			return nil, err
		}
		c.url, c.private, c.stop = server.URL, true, server.Stop
	}
	if err := c.makeTemplate(ctx); err != nil {
		c.stop()
		return nil, fmt.Errorf("make the template database: %w", err)
	}
	return c, nil
}

func (c *cluster) makeTemplate(ctx context.Context) error {
	if err := c.admin(ctx, "CREATE DATABASE "+c.template+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return err
	}
	s, err := Open(ctx, Config{Driver: DriverPostgres, DSN: c.database(c.template)})
	if err != nil {
		return err
	}
	_, _, err = s.Migrate(ctx)
	return errors.Join(err, s.Close())
}

// fresh makes a database for one test and returns its address and how to drop it.
func (c *cluster) fresh(ctx context.Context, template string) (address string, drop func(), err error) {
	name := fmt.Sprintf("%s_%d", c.template, c.made.Add(1))
	if err := c.admin(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		return "", nil, err
	}
	if c.private { // it goes with the cluster, and dropping takes longer than making
		return c.database(name), func() {}, nil
	}
	return c.database(name), func() { _ = c.admin(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)") }, nil
}

func (c *cluster) admin(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

func (c *cluster) database(name string) string {
	u, err := url.Parse(c.url)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}

func benchmarking() bool {
	return slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(arg, "-test.bench=") })
}
