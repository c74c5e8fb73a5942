package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"newsdesk/internal/press"
)

// dialect is what differs between the two databases.
type dialect interface {
	name() string
	forUpdate(query string) string // the query, locking the rows it finds until the transaction ends
	isolation() sql.IsolationLevel // of transactions that only read
	hasTable() string              // a query that counts tables named $1
	trouble(error) trouble         // reads a driver's error by its code

	match(terms []term) string // the terms of a search as the database reads them
	matches() string           // a query for the doc of each article that a match $1 finds, all of them gathered at once
	walks() string             // the same, walking through the articles in their order: for matches that are everywhere
	steers() string            // what keeps a search from being planned badly until its transaction ends; may be empty
	intent() []string          // shares a lock with other intents until the transaction ends; see stops.go
	stopsIntents() []string    // takes that lock alone, or gives up after stopPatience
	endsIntents() string       // ends the sessions that have it; empty: there are none

	putWords() string // puts the words $2 under doc $1 in the place of those that are there
}

// trouble is what a driver's error means to us.
type trouble int

const (
	troubleNone        trouble = iota // not the driver's error
	troubleUnique                     // a row like it exists
	troubleReference                  // it points at a row that does not exist
	troubleRetry                      // the transaction may be tried again at once
	troubleBusy                       // others held the lock for too long
	troubleFull                       // the disk is full
	troubleUnreachable                // the database does not answer
	troubleOther
)

// translate turns a driver's error into a refusal of the domain, by code. Refusals and cut-off contexts pass unchanged,
// and what nobody foresaw too.
func (s *Store) translate(err error) error {
	var refusal *press.Error
	if err == nil || errors.As(err, &refusal) || errors.Is(err, context.Canceled) {
		return err
	}
	switch s.dialect.trouble(err) {
	case troubleUnique:
		return press.Fail(press.Conflict, "store.exists", press.Say("This exists already.", "该项已存在。")).Because(err)
	case troubleReference:
		return press.Fail(press.NotFound, "store.reference", press.Say(
			"Something that this refers to does not exist.", "所引用的内容不存在。")).Because(err)
	case troubleBusy, troubleRetry:
		return press.Fail(press.Unavailable, "store.busy", press.Say(
			"The database is busy; try again.", "数据库繁忙，请重试。")).Because(err)
	case troubleFull:
		return press.Fail(press.Unavailable, "store.full", press.Say(
			"The database's disk is full; nothing was saved. Free some space and try again.",
			"数据库所在磁盘已满，未保存。请清理空间后重试。")).Because(err)
	case troubleUnreachable:
		return unreachable(err)
	case troubleNone:
		if connectionLost(err) {
			return unreachable(err)
		}
	}
	return err
}

func connectionLost(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		(errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded))
}

func unreachable(err error) error {
	return press.Fail(press.Unavailable, "store.unreachable", press.Say(
		"The database does not answer. Check that it runs and that its address in the settings is right.",
		"数据库没有响应，请检查数据库是否运行、配置中的地址是否正确。")).Because(err)
}

// conflict makes a refusal of unique violations only; other errors pass.
func (s *Store) conflict(err error, code string, text press.Text) error {
	if err != nil && s.dialect.trouble(err) == troubleUnique {
		return press.Fail(press.Conflict, code, text).Because(err)
	}
	return err
}

// missing makes the NotFound refusal of sql.ErrNoRows, naming the thing in both languages; other errors pass.
func missing(err error, code, en, zh string, id any) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return press.Fail(press.NotFound, code+".missing", press.Say(
		"There is no "+en+" %v.", "没有"+zh+" %v。", id))
}
