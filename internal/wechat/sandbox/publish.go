package sandbox

import (
	"slices"
	"strconv"
	"time"
)

// The states of a publication, as freepublish/get numbers them.
const (
	pubSuccess = iota
	pubRunning
	pubNotOriginal
	pubFailed
	pubRefused
	pubDeleted
	pubBanned
)

// publication is one freepublish job and, once it has succeeded, the articles that stay. Slices are replaced, not edited.
type publication struct {
	ID        int64     `json:"id"`
	MsgDataID int64     `json:"msg_data_id"`
	MediaID   string    `json:"media_id"`
	ArticleID string    `json:"article_id"`
	Pages     []string  `json:"pages"`
	Articles  []article `json:"articles"` // as they were at submit
	Submitted time.Time `json:"submitted"`
	Due       time.Time `json:"due"`
	Updated   time.Time `json:"updated"`
	Settled   bool      `json:"settled"`
	Status    int       `json:"status"`
	Ending    int       `json:"ending"` // the status it will settle with
	FailIdx   []int     `json:"fail_idx,omitempty"`
	Later     int       `json:"later,omitempty"`
	LaterAt   time.Time `json:"later_at"`
	LateBy    Span      `json:"late_by,omitempty"` // from success to Later
	Plan      eventPlan `json:"plan"`
	Unlisted  Span      `json:"unlisted,omitempty"` // from success to ListedAt
	ListedAt  time.Time `json:"listed_at,omitzero"` // when freepublish/batchget knows it
}

// eventPlan is what a fault ordered for the event of a job.
type eventPlan struct {
	Event  string `json:"event,omitempty"`
	Delay  Span   `json:"delay,omitempty"`
	NoURLs bool   `json:"no_urls,omitempty"`
	Later  bool   `json:"later,omitempty"` // what becomes of it later is told, too
}

func (f Fault) plan() eventPlan {
	p := eventPlan{f.Event, f.EventDelay, f.NoArticleURLs, f.LaterEvent}
	if p.Event == EventLate && p.Delay == 0 {
		p.Delay = Span(30 * time.Second)
	}
	return p
}

// submitPublication queues a draft. It is not idempotent: until the draft is consumed, each call makes a publication.
func submitPublication(c *call) (reply, error) {
	id, err := c.mediaID()
	if err != nil {
		return reply{}, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settleDue(c.acct, c.at)
	if n := c.acct.counts.get(minuteKey(c.at), "submit"); over(n+1, s.cfg.Limits.SubmitPerMinute) {
		return reply{}, refuse(53501, "请勿频繁请求 hint: [sandbox]")
	}
	d, err := c.draftOf(id)
	if err != nil {
		return reply{}, err
	}
	c.acct.counts.add(minuteKey(c.at), "submit")
	p := c.newPublication(d)
	c.acct.published.put(jobKey(p.ID), p)
	c.effect = true
	c.job = jobKey(p.ID)
	c.note = "publish_id " + jobKey(p.ID) + " " + titles(p.Articles)
	s.touch()
	s.arrange(c.acct, jobKey(p.ID), p.Due)
	out := map[string]any{"errcode": 0, "errmsg": "ok", "publish_id": c.id(p.ID)}
	if !c.fault.NoMsgDataID {
		out["msg_data_id"] = c.id(p.MsgDataID)
	}
	return jsonReply(out), nil
}

func (c *call) newPublication(d *draft) *publication {
	f := c.fault
	p := &publication{
		ID: c.acct.takeJobID(), MsgDataID: c.acct.takeJobID(), MediaID: d.MediaID, Articles: d.Articles, Submitted: c.at,
		Due: c.at.Add(max(0, c.s.cfg.PublishDelay)), Status: pubRunning, Ending: f.PublishStatus, Later: f.Later, Plan: f.plan(),
		Unlisted: f.Unlisted,
	}
	if c.acct.cfg.Kind == Test && p.Ending == pubSuccess {
		p.Ending = pubFailed
	}
	if p.Ending == pubNotOriginal || p.Ending == pubRefused {
		p.FailIdx = f.FailIdx
		for i := 1; len(f.FailIdx) == 0 && i <= len(d.Articles); i++ {
			p.FailIdx = append(p.FailIdx, i)
		}
	}
	if p.LateBy = f.LaterAfter; p.LateBy == 0 {
		p.LateBy = Span(2 * time.Second)
	}
	return p
}

func jobKey(id int64) string { return strconv.FormatInt(id, 10) }

// settlePublication ends a job that is due: the draft is consumed, the articles get addresses, the event goes out.
func (s *Sandbox) settlePublication(a *account, p *publication, now time.Time) *publication {
	next := *p
	next.Settled, next.Status, next.Updated = true, p.Ending, now
	if next.Status == pubSuccess {
		s.putOnline(a, &next, now)
	}
	a.published.put(jobKey(p.ID), &next)
	s.announce(a, next.Plan, s.publishEvent(a, &next, now))
	s.touch()
	return &next
}

func (s *Sandbox) putOnline(a *account, p *publication, now time.Time) {
	s.dropDraft(a, p.MediaID) // kept after a failure
	p.ArticleID = randomText(43)
	p.Articles = slices.Clone(p.Articles)
	p.Pages = nil
	for i := range p.Articles {
		id := newPageID()
		p.Pages = append(p.Pages, id)
		p.Articles[i].URL = articleURL(id)
		s.shown[id] = page{a, publishedPage, jobKey(p.ID), i}
	}
	p.ListedAt = now.Add(time.Duration(p.Unlisted))
	if p.Later != 0 {
		p.LaterAt = now.Add(time.Duration(p.LateBy))
		s.wakeLater(a, jobKey(p.ID), time.Duration(p.LateBy))
	}
	a.articles[p.ArticleID] = p
}

// laterIfDue turns a success into what a fault ordered: deleted by the user, or banned.
func (s *Sandbox) laterIfDue(a *account, p *publication, now time.Time) *publication {
	if p.LaterAt.IsZero() || now.Before(p.LaterAt) {
		return p
	}
	next := *p
	next.Status, next.LaterAt, next.Updated = p.Later, time.Time{}, now
	next.Articles = deletedAll(p.Articles)
	s.replacePublication(a, &next)
	if p.Plan.Later {
		s.announce(a, eventPlan{}, a.publishFinish(&next, now))
	}
	return &next
}

// wakeLater turns a publication at its time, so that an event can tell of it; reads turn it, too.
func (s *Sandbox) wakeLater(a *account, key string, in time.Duration) {
	time.AfterFunc(in, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if p, found := a.published.get(key); found && !s.closed {
			s.laterIfDue(a, p, s.now())
		}
	})
}

func deletedAll(list []article) []article {
	out := slices.Clone(list)
	for i := range out {
		out[i].IsDeleted = true
	}
	return out
}

// replacePublication stores a changed publication without moving it to the front of the list.
func (s *Sandbox) replacePublication(a *account, p *publication) {
	a.published.swap(jobKey(p.ID), p)
	a.articles[p.ArticleID] = p
	s.touch()
}

type statusReply struct {
	PublishID     any            `json:"publish_id"`
	PublishStatus int            `json:"publish_status"`
	ArticleID     string         `json:"article_id,omitempty"`
	ArticleDetail *articleDetail `json:"article_detail,omitempty"`
	FailIdx       []int          `json:"fail_idx"`
}

type articleDetail struct {
	Count int          `json:"count"`
	Item  []articleRef `json:"item"`
}

type articleRef struct {
	Idx        int    `json:"idx"`
	ArticleURL string `json:"article_url"`
}

func (p *publication) detail() *articleDetail {
	d := &articleDetail{Count: len(p.Articles), Item: []articleRef{}}
	for i, a := range p.Articles {
		d.Item = append(d.Item, articleRef{i + 1, a.URL})
	}
	return d
}

func getPublication(c *call) (reply, error) {
	in, err := decode[struct {
		PublishID number `json:"publish_id"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.settleDue(c.acct, c.at)
	p, found := c.acct.published.get(jobKey(int64(in.PublishID)))
	if !found {
		return reply{}, refuse(53502, "invalid publish_id")
	}
	p = c.s.laterIfDue(c.acct, p, c.at)
	c.note = jobKey(p.ID) + " status " + strconv.Itoa(p.Status)
	out := statusReply{PublishID: c.id(p.ID), PublishStatus: p.Status, FailIdx: p.FailIdx}
	if p.Status == pubSuccess {
		out.ArticleID, out.ArticleDetail = p.ArticleID, p.detail()
	}
	if out.FailIdx == nil || !p.Settled {
		out.FailIdx = []int{}
	}
	return jsonReply(out), nil
}

type publicationItem struct {
	ArticleID  string    `json:"article_id"`
	Content    newsItems `json:"content"`
	UpdateTime int64     `json:"update_time"`
}

// listPublications lists successes, newest first; sends are not among them.
func listPublications(c *call) (reply, error) {
	in, err := c.listing()
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.settleDue(c.acct, c.at)
	out := listReply[publicationItem]{Item: []publicationItem{}}
	for _, p := range c.acct.published.page(0, -1) {
		if p.ArticleID == "" || c.at.Before(p.ListedAt) {
			continue
		}
		if i := number(out.TotalCount); i >= in.Offset && i < in.Offset+*in.Count {
			p = c.s.laterIfDue(c.acct, p, c.at)
			out.Item = append(out.Item, publicationItem{p.ArticleID, newsItems{wireAll(p.Articles, in.NoContent)}, p.Updated.Unix()})
		}
		out.TotalCount++
	}
	out.ItemCount = len(out.Item)
	return jsonReply(out).asText(), nil
}

func getArticle(c *call) (reply, error) {
	in, err := decode[struct {
		ArticleID text `json:"article_id"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	c.note = in.ArticleID.value
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	p := c.acct.articles[in.ArticleID.value]
	if p == nil {
		return reply{}, refuse(53600, "invalid article_id")
	}
	p = c.s.laterIfDue(c.acct, p, c.at)
	return jsonReply(newsItems{wireAll(p.Articles, 0)}).asText(), nil
}

// deleteArticle deletes one article by its number from 1, or all of them when the number is 0 or missing.
func deleteArticle(c *call) (reply, error) {
	in, err := decode[struct {
		ArticleID text   `json:"article_id"`
		Index     number `json:"index"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	c.note = in.ArticleID.value + " index " + strconv.FormatInt(int64(in.Index), 10)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	p := c.acct.articles[in.ArticleID.value]
	if p == nil {
		return reply{}, refuse(53600, "invalid article_id")
	}
	list, err := deletedAt(p.Articles, int(in.Index), 40114)
	if err != nil {
		return reply{}, err
	}
	next := *p
	next.Articles, next.Updated = list, c.at
	if !slices.ContainsFunc(list, func(a article) bool { return !a.IsDeleted }) {
		next.Status, next.LaterAt = pubDeleted, time.Time{}
	}
	c.s.replacePublication(c.acct, &next)
	c.effect = true
	return ok(), nil
}

// deletedAt marks article n (from 1) as deleted, or every one when n is 0.
func deletedAt(list []article, n, code int) ([]article, error) {
	if n == 0 {
		return deletedAll(list), nil
	}
	if n < 0 || n > len(list) {
		return nil, refuse(code, "invalid index")
	}
	out := slices.Clone(list)
	out[n-1].IsDeleted = true
	return out, nil
}
