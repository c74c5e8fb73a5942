package press

import "time"

// RevisionHead is a revision without what it says.
type RevisionHead struct {
	Number     int         `json:"number"`
	Hash       ContentHash `json:"hash"`
	Author     UserID      `json:"author"` // who saved it; empty: nobody
	AuthorName string      `json:"author_name"`
	CreatedAt  time.Time   `json:"created_at"`
	SignOffs   []SignOff   `json:"sign_offs,omitempty"`
}

// Short returns the first twelve characters of the hash, for people.
func (h ContentHash) Short() string { return clip(string(h), 12) }

// HistoryFilter chooses entries of the audit log by what they concern; an empty field does not choose.
type HistoryFilter struct {
	Article ArticleID // with its comments, its editions and its deliveries
	Edition EditionID // with its deliveries
	Person  UserID    // who acted
	Actions []string  // groups ("delivery") or actions ("article.sign"); an entry is of one of them
	Without []string  // groups that are left out
	Own     UserID    // only what concerns articles of this author; of others nothing is told, not even a title
	From    time.Time // not earlier
	Until   time.Time // earlier than this
	Before  int64     // only entries with a smaller number: the next page
	After   int64     // only entries with a larger number: the previous page
	Limit   int       // 50 if 0, at most 500
}

// HistoryEntry is an entry of the audit log with what its identifiers stand for. What no longer exists has no name.
type HistoryEntry struct {
	AuditEntry
	Title   string    // of the article, or of the first one that an edition or a delivery brings
	More    int       // articles it brings beside that one
	Article ArticleID // of Title
	Edition EditionID // of an edition, or of a delivery that brings one
	Target  string    // account or website
	Due     time.Time // of an edition or a delivery
	Person  string    // the person that an entry about people or tokens is about
}
