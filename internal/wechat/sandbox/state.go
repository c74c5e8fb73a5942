package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strconv"
	"time"
)

// stateVersion is the form of the state file.
const stateVersion = 1

// savedState is the state file. Media are beside it.
type savedState struct {
	Version  int                     `json:"version"`
	Tokens   []token                 `json:"tokens"`
	Pictures []picture               `json:"pictures"`
	Accounts map[string]savedAccount `json:"accounts"`
}

type savedAccount struct {
	Drafts    []draft           `json:"drafts"`
	Materials []material        `json:"materials"`
	Temporary []material        `json:"temporary"`
	Published []publication     `json:"published"`
	Masses    []mass            `json:"masses"`
	Sent      map[string]sentID `json:"sent"`
	Stable    string            `json:"stable"`
	Forced    time.Time         `json:"forced"`
	Counts    counters          `json:"counts"`
	Speed     int               `json:"speed"`
	NextJob   int64             `json:"next_job"`
	NextMsg   int64             `json:"next_msg"`
}

// saver delays saving, so that a busy minute is one write, and waits longer the longer a write takes.
type saver struct {
	armed bool
	took  time.Duration
	turn  chan struct{} // one write at a time
}

const saveAfter = 500 * time.Millisecond

// touch notes that something changed. The lock is held.
func (s *Sandbox) touch() {
	if s.cfg.StateFile == "" || s.saver.armed || s.closed {
		return
	}
	s.saver.armed = true
	time.AfterFunc(max(saveAfter, 10*s.saver.took), func() {
		if err := s.saveNow(); err != nil {
			s.log.Error("sandbox: state was not saved", "err", err)
		}
	})
}

// saveNow writes the state file. The lock is held only while records are copied.
func (s *Sandbox) saveNow() error {
	if s.cfg.StateFile == "" {
		return nil
	}
	s.saver.turn <- struct{}{}
	defer func() { <-s.saver.turn }()
	s.mu.Lock()
	s.saver.armed = false
	state := s.copyState()
	s.mu.Unlock()
	began := time.Now()
	data, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("sandbox: save state: %w", err)
	}
	err = writeFile(s.cfg.StateFile, data)
	s.mu.Lock()
	s.saver.took = time.Since(began)
	s.mu.Unlock()
	return err
}

func (s *Sandbox) copyState() savedState {
	out := savedState{Version: stateVersion, Accounts: map[string]savedAccount{}}
	for _, t := range s.tokens {
		out.Tokens = append(out.Tokens, *t)
	}
	for _, p := range s.pictures {
		out.Pictures = append(out.Pictures, *p)
	}
	for _, a := range s.accounts {
		out.Accounts[a.appid] = a.saved()
	}
	return out
}

func (a *account) saved() savedAccount {
	counts := a.counts
	counts.PerDay, counts.PerMonth, counts.PerMinute = maps.Clone(counts.PerDay), maps.Clone(counts.PerMonth), maps.Clone(counts.PerMinute)
	return savedAccount{
		Drafts: values(a.drafts), Materials: values(a.materials), Temporary: values(a.temporary), Published: values(a.published),
		Masses: values(a.masses), Sent: maps.Clone(a.sent), Stable: a.stable, Forced: a.forced, Counts: counts,
		Speed: a.speed, NextJob: a.nextJob, NextMsg: a.nextMsg,
	}
}

func values[T any](sh *shelf[*T]) []T {
	out := make([]T, 0, sh.len())
	for _, v := range sh.oldestFirst() {
		out = append(out, *v)
	}
	return out
}

// load reads the state file, if there is one, and takes up the jobs that were under way.
func (s *Sandbox) load() error {
	s.saver.turn = make(chan struct{}, 1)
	if s.cfg.StateFile == "" {
		return nil
	}
	data, err := os.ReadFile(s.cfg.StateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sandbox: read state: %w", err)
	}
	var state savedState
	if err := json.Unmarshal(data, &state); err != nil {
		return fmt.Errorf("sandbox: state file %s is damaged; move it away to begin anew: %w", s.cfg.StateFile, err)
	}
	if state.Version != stateVersion {
		return fmt.Errorf("sandbox: state file %s has form %s, this program reads form %d", s.cfg.StateFile, strconv.Itoa(state.Version), stateVersion)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range state.Tokens {
		s.tokens[t.Value] = &t
	}
	for _, p := range state.Pictures {
		s.pictures[p.ID] = &p
	}
	for _, a := range s.accounts {
		if saved, found := state.Accounts[a.appid]; found {
			s.restore(a, saved)
		}
	}
	return nil
}

func (s *Sandbox) restore(a *account, saved savedAccount) {
	for _, m := range saved.Materials {
		a.materials.put(m.MediaID, &m)
	}
	for _, m := range saved.Temporary {
		a.temporary.put(m.MediaID, &m)
	}
	for _, d := range saved.Drafts {
		s.keepDraft(a, &d)
	}
	for _, p := range saved.Published {
		s.restorePublication(a, &p)
	}
	for _, m := range saved.Masses {
		s.restoreMass(a, &m)
	}
	if saved.Sent != nil {
		a.sent = saved.Sent
	}
	if saved.Counts.PerDay != nil && saved.Counts.PerMonth != nil && saved.Counts.PerMinute != nil {
		a.counts = saved.Counts
	}
	a.stable, a.forced, a.speed = saved.Stable, saved.Forced, saved.Speed
	a.nextJob, a.nextMsg = max(a.nextJob, saved.NextJob), max(a.nextMsg, saved.NextMsg)
}

func (s *Sandbox) restorePublication(a *account, p *publication) {
	a.published.put(jobKey(p.ID), p)
	if p.ArticleID != "" {
		a.articles[p.ArticleID] = p
	}
	for i, id := range p.Pages {
		s.shown[id] = page{a, publishedPage, jobKey(p.ID), i}
	}
	if !p.Settled {
		s.arrange(a, jobKey(p.ID), p.Due)
	}
}

func (s *Sandbox) restoreMass(a *account, m *mass) {
	a.masses.put(jobKey(m.ID), m)
	for i, id := range m.Pages {
		s.shown[id] = page{a, massPage, jobKey(m.ID), i}
	}
	if !m.Settled {
		s.arrange(a, jobKey(m.ID), m.Due)
	}
}
