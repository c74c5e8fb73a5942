package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// draft is an entry of the draft box. Articles is replaced whole, never edited.
type draft struct {
	MediaID  string    `json:"media_id"`
	Articles []article `json:"articles"`
	Previews []string  `json:"previews"` // the temporary address of each article
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
}

type pageKind int

const (
	previewPage pageKind = iota
	publishedPage
	massPage
)

// page says where the article behind an address is kept.
type page struct {
	acct  *account
	kind  pageKind
	key   string
	index int
}

func previewURL(id string) string { return "http://mp.weixin.qq.com/s?tempkey=" + id }
func articleURL(id string) string { return "http://mp.weixin.qq.com/s/" + id }

// acceptAll checks the articles of one draft.
func (s *Sandbox) acceptAll(sent []sentArticle) ([]article, error) {
	if len(sent) == 0 {
		return nil, refuse(44003, "empty news data")
	}
	if over(len(sent), s.cfg.Limits.Articles) {
		return nil, refuse(45008, "article size out of limit")
	}
	out := make([]article, len(sent))
	for i, in := range sent {
		a, err := s.cfg.Limits.accept(in, len(sent) == 1)
		if err != nil {
			return nil, err
		}
		out[i] = a
	}
	return out, nil
}

// addDraft makes a new draft at each call: there is no key by which a repeat could be known.
func addDraft(c *call) (reply, error) {
	in, err := decode[struct {
		Articles []sentArticle `json:"articles"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	if len(in.Articles) > 0 {
		c.note = in.Articles[0].Title.value
	}
	list, err := c.s.acceptAll(in.Articles)
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	for i := range list {
		if err := c.s.checkMedia(c.acct, &list[i]); err != nil {
			return reply{}, err
		}
	}
	d := &draft{MediaID: newMediaID(), Articles: list, Created: c.at, Updated: c.at}
	for i := range list {
		id := newPageID()
		d.Previews = append(d.Previews, id)
		list[i].URL = previewURL(id)
	}
	c.s.keepDraft(c.acct, d)
	c.effect = true
	c.note = shorten(d.MediaID, 12) + " " + titles(list)
	return jsonReply(mediaIDReply{d.MediaID}), nil
}

type mediaIDReply struct {
	MediaID string `json:"media_id"`
}

// keepDraft puts a draft into the box and makes its preview addresses work.
func (s *Sandbox) keepDraft(a *account, d *draft) {
	a.drafts.put(d.MediaID, d)
	for i, id := range d.Previews {
		s.shown[id] = page{a, previewPage, d.MediaID, i}
	}
	s.touch()
}

// dropDraft takes a draft out of the box: deleted, published or sent.
func (s *Sandbox) dropDraft(a *account, mediaID string) bool {
	d, found := a.drafts.get(mediaID)
	if !found {
		return false
	}
	for _, id := range d.Previews {
		delete(s.shown, id)
	}
	a.drafts.remove(mediaID)
	s.touch()
	return true
}

type newsItems struct {
	NewsItem []article `json:"news_item"`
}

// draftOf finds the draft that a call names.
func (c *call) draftOf(id string) (*draft, error) {
	d, found := c.acct.drafts.get(id)
	if !found {
		return nil, refuse(40007, "invalid media_id")
	}
	return d, nil
}

func getDraft(c *call) (reply, error) {
	id, err := c.mediaID()
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.settleDue(c.acct, c.at)
	d, err := c.draftOf(id)
	if err != nil {
		return reply{}, err
	}
	return jsonReply(newsItems{wireAll(d.Articles, 0)}).asText(), nil
}

// updateDraft replaces one article; the number of articles cannot change.
func updateDraft(c *call) (reply, error) {
	in, err := decode[struct {
		MediaID  text            `json:"media_id"`
		Index    number          `json:"index"`
		Articles json.RawMessage `json:"articles"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	c.note = shorten(in.MediaID.value, 12) + " index " + strconv.FormatInt(int64(in.Index), 10)
	var sent sentArticle
	if raw := bytes.TrimSpace(in.Articles); len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &sent) != nil {
		return reply{}, refuse(44003, "empty news data hint: [articles must be one object]")
	}
	single := c.s.holdsOne(c.acct, in.MediaID.value)
	a, err := c.s.cfg.Limits.accept(sent, single)
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.settleDue(c.acct, c.at)
	d, err := c.draftOf(in.MediaID.value)
	if err != nil {
		return reply{}, err
	}
	if in.Index < 0 || int(in.Index) >= len(d.Articles) {
		return reply{}, refuse(40114, "invalid index")
	}
	if err := c.s.checkMedia(c.acct, &a); err != nil {
		return reply{}, err
	}
	c.s.replaceArticle(c.acct, d, int(in.Index), a)
	c.effect = true
	return ok(), nil
}

func (s *Sandbox) holdsOne(a *account, mediaID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, found := a.drafts.get(mediaID)
	return found && len(d.Articles) == 1
}

func (s *Sandbox) replaceArticle(acct *account, d *draft, i int, a article) {
	next := *d
	next.Articles = slices.Clone(d.Articles)
	a.URL = previewURL(d.Previews[i])
	next.Articles[i] = a
	next.Updated = s.now()
	acct.drafts.put(d.MediaID, &next)
	s.touch()
}

func deleteDraft(c *call) (reply, error) {
	id, err := c.mediaID()
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if !c.s.dropDraft(c.acct, id) {
		return reply{}, refuse(40007, "invalid media_id")
	}
	c.effect = true
	return ok(), nil
}

func countDrafts(c *call) (reply, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.settleDue(c.acct, c.at)
	return jsonReply(map[string]int{"total_count": c.acct.drafts.len()}), nil
}

type draftItem struct {
	MediaID    string    `json:"media_id"`
	Content    newsItems `json:"content"`
	UpdateTime int64     `json:"update_time"`
}

func listDrafts(c *call) (reply, error) {
	in, err := c.listing()
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.settleDue(c.acct, c.at)
	out := listReply[draftItem]{TotalCount: c.acct.drafts.len(), Item: []draftItem{}}
	for _, d := range c.acct.drafts.page(int(in.Offset), int(*in.Count)) {
		out.Item = append(out.Item, draftItem{d.MediaID, newsItems{wireAll(d.Articles, in.NoContent)}, d.Updated.Unix()})
	}
	out.ItemCount = len(out.Item)
	return jsonReply(out).asText(), nil
}

// switchDrafts is retired; the box has been on for everybody for years.
func switchDrafts(*call) (reply, error) {
	return jsonReply(struct {
		verdict
		IsOpen int `json:"is_open"`
	}{verdict{0, "ok"}, 1}), nil
}
