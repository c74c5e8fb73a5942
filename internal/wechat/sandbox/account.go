package sandbox

import "time"

// account is what the sandbox keeps for one official account. Sandbox.mu guards it. Records reached through pointers are
// replaced, never edited, wherever a slice is involved, so that a copy taken under the lock stays true.
type account struct {
	appid string  // never changes, so it may be read without the lock
	cfg   Account // may change at any time: read it under the lock

	drafts    *shelf[*draft]
	materials *shelf[*material]
	temporary *shelf[*material]
	published *shelf[*publication]
	articles  map[string]*publication // by article_id
	masses    *shelf[*mass]
	sent      map[string]sentID    // clientmsgid to its job
	waiting   map[string]time.Time // when each unfinished job ends
	stable    string               // the current stable token
	forced    time.Time            // last forced refresh
	counts    counters
	speed     int
	nextJob   int64
	nextMsg   int64
}

func newAccount(a Account) *account {
	return &account{
		appid:     a.AppID,
		cfg:       a.filled(),
		drafts:    newShelf[*draft](),
		materials: newShelf[*material](),
		temporary: newShelf[*material](),
		published: newShelf[*publication](),
		articles:  map[string]*publication{},
		masses:    newShelf[*mass](),
		sent:      map[string]sentID{},
		waiting:   map[string]time.Time{},
		counts:    newCounters(),
		nextJob:   firstJobID,
		nextMsg:   1_000_000_001,
	}
}

func (a Account) filled() Account {
	if a.Name == "" {
		a.Name = a.AppID
	}
	if a.Kind == "" {
		a.Kind = Subscription
	}
	if a.OriginalID == "" {
		a.OriginalID = derivedID("gh_", a.AppID, 12)
	}
	if a.Followers == 0 {
		a.Followers = 3
	}
	return a
}

// mode resolves the empty callback mode.
func (a Account) mode() CallbackMode {
	switch {
	case a.CallbackMode != "":
		return a.CallbackMode
	case a.EncodingAESKey != "":
		return Safe
	}
	return Plain
}

// owner is the openid that events of the account come from.
func (a Account) owner() string { return derivedID("o", a.AppID, 27) }

func (a *account) takeJobID() int64 {
	a.nextJob++
	return a.nextJob - 1
}

func (a *account) takeMsgID() int64 {
	a.nextMsg++
	return a.nextMsg - 1
}
