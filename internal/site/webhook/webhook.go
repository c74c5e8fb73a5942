package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/reach"
)

// Memory is what Newsdesk remembers of articles at targets.
type Memory interface {
	// PagePlace returns what was saved; NotFound where nothing was.
	PagePlace(ctx context.Context, target string, id press.ArticleID) (press.PagePlace, error)
	SavePagePlace(context.Context, press.PagePlace) error
}

// Config is what a Target is made of.
type Config struct {
	Name      string // among the targets
	Address   string // that takes the requests
	Secret    string // that signs them
	PhotoKey  string // that signs the addresses of photos, see PhotoKey
	Private   bool   // it may be in the private network
	Memory    Memory
	Public    string                                                            // address that Newsdesk is reached at, where photos are fetched from
	Inline    bool                                                              // photos go inside the request instead
	Read      func(context.Context, press.Rendition) ([]byte, error)            // the bytes of a photo, for Inline
	File      func(context.Context, press.Digest) (io.ReadCloser, int64, error) // the bytes of an attachment, for Inline
	Known     func(press.ArticleID) string                                      // the page's address, as far as it is known beforehand; may be nil
	Canonical func(press.ArticleID) string                                      // of the page to name as the original; may be nil
	Version   string                                                            // of Newsdesk, in the user agent
	Timeout   time.Duration                                                     // for one request, default 30 s
	HTTP      *http.Client                                                      // default: one that follows no redirect and connects only where it may
	Now       func() time.Time
}

// OptionPhotos is the option of a target that says how photos reach the receiver: PhotosLinks or PhotosInline.
const (
	OptionPhotos = "photos"
	PhotosLinks  = "links" // by signed addresses of Newsdesk; the usual way
	PhotosInline = "inline"
)

// Target is a webhook. It is safe for concurrent use; one article is brought to it by one caller at a time.
type Target struct{ Config }

// New makes a target.
func New(cfg Config) *Target {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.HTTP == nil {
		cfg.HTTP = reach.Client(cfg.Private, cfg.Timeout)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Target{cfg}
}

// Name is the target's name.
func (t *Target) Name() string { return t.Config.Name }

// Address is where readers will find an article, if that is known before the receiver says it; otherwise "".
func (t *Target) Address(id press.ArticleID) string {
	if t.Known == nil {
		return ""
	}
	return t.Known(id)
}

// mark is what is remembered of an article's messages.
type mark struct {
	Sequence int               `json:"seq"`
	Event    Event             `json:"event"`
	Hash     press.ContentHash `json:"hash,omitempty"`
	Done     bool              `json:"done,omitempty"`  // a 2xx was answered
	There    bool              `json:"there,omitempty"` // the receiver has it, in whatever form
	Base     string            `json:"base,omitempty"`  // digest of the receiver's address, without http or https
}

// Publish sends an article. What was answered with 2xx is not sent again. Errors are *press.PageFault, or those of Memory and
// Read.
func (t *Target) Publish(ctx context.Context, p press.Page) (address string, err error) {
	place, was, err := t.recall(ctx, p.ID)
	if err != nil {
		return "", err
	}
	hash := p.Content.Hash()
	if was.Done && was.Event != Retract && was.Hash == hash {
		return t.addressOf(place), nil
	}
	event := Publish
	if was.There {
		event = Correct
	}
	article, err := t.article(ctx, p)
	if err != nil {
		return "", err
	}
	answer, err := t.deliver(ctx, &place, was, event, hash, Message{Overwrite: p.Agreed, Article: article})
	if err != nil {
		return "", err
	}
	if answer.URL != "" {
		place.Address = answer.URL
	}
	if answer.ID != "" {
		place.Remote = answer.ID
	}
	return t.addressOf(place), t.Memory.SavePagePlace(ctx, place)
}

func (t *Target) addressOf(place press.PagePlace) string {
	if place.Address != "" {
		return place.Address
	}
	return t.Address(place.Article)
}

// Refresh does nothing: lists are the receiver's.
func (t *Target) Refresh(context.Context, press.Column, press.ArticleID) error { return nil }

// Remove tells the receiver to take an article down. One that never went there is not spoken of.
func (t *Target) Remove(ctx context.Context, _ press.Column, id press.ArticleID) error {
	place, was, err := t.recall(ctx, id)
	if err != nil || was.Event == "" || was.Event == Retract && was.Done {
		return err
	}
	if _, err := t.deliver(ctx, &place, was, Retract, "", Message{Article: &Article{ID: id}}); err != nil {
		return err
	}
	return t.Memory.SavePagePlace(ctx, place)
}

func (t *Target) recall(ctx context.Context, id press.ArticleID) (place press.PagePlace, was mark, err error) {
	place, err = t.Memory.PagePlace(ctx, t.Config.Name, id)
	if err != nil && press.KindOf(err) != press.NotFound {
		return place, was, err
	}
	err = nil
	place.Target, place.Article = t.Config.Name, id
	if place.Mark != "" {
		err = json.Unmarshal([]byte(place.Mark), &was)
	}
	// A message may have been under way to the receiver before when another address was entered: this one has nothing yet.
	if err == nil && was.Base != "" && was.Base != t.base() {
		was = mark{Sequence: was.Sequence}
		place.Remote, place.Address = "", ""
	}
	return place, was, err
}

// base tells this receiver from another one that went by the same name.
func (t *Target) base() string {
	_, rest, _ := strings.Cut(t.Config.Address, "://")
	return string(press.DigestOf([]byte(rest)))[:16]
}

// deliver sends one message. Its number is remembered before it is sent, so that the same message, sent again after whatever
// broke off, has the same key, and another one has not.
func (t *Target) deliver(ctx context.Context, place *press.PagePlace, was mark, event Event, hash press.ContentHash, m Message) (answered, error) {
	next := was
	if was.Done || was.Event != event || was.Hash != hash || was.Sequence == 0 {
		next = mark{Sequence: was.Sequence + 1, Event: event, Hash: hash, There: was.There, Base: t.base()}
		if err := t.remember(ctx, place, next); err != nil {
			return answered{}, err
		}
	}
	m.Version, m.Event, m.Sequence, m.Target, m.SentAt = 1, event, next.Sequence, t.Config.Name, t.Now().UTC().Truncate(time.Second)
	m.ID = t.key(m, hash)
	answer, err := t.send(ctx, m)
	if err != nil {
		return answered{}, err
	}
	next.Done, next.There = true, event != Retract
	return answer, setMark(place, next)
}

func (t *Target) remember(ctx context.Context, place *press.PagePlace, m mark) error {
	if err := setMark(place, m); err != nil {
		return err
	}
	return t.Memory.SavePagePlace(ctx, *place)
}

func setMark(place *press.PagePlace, m mark) error {
	data, err := press.EncodeJSON(m)
	place.Mark = string(data)
	return err
}

// key is the same for the same message and for no other. A message that a person has agreed shall overwrite is another one
// than the one that was refused.
func (t *Target) key(m Message, hash press.ContentHash) string {
	id := press.ArticleID("")
	if m.Article != nil {
		id = m.Article.ID
	}
	data, err := press.EncodeJSON([]any{t.Config.Name, id, m.Sequence, m.Event, hash, m.Overwrite})
	if err != nil {
		return string(id) // words and numbers can always be written
	}
	return string(press.DigestOf(data))[:32]
}

// send makes the request.
func (t *Target) send(ctx context.Context, m Message) (answered, error) {
	body, err := press.EncodeJSON(m)
	if err != nil {
		return answered{}, err
	}
	return t.post(ctx, m, body, Sign(t.Secret, t.Now(), body))
}

func (t *Target) post(ctx context.Context, m Message, body []byte, signature string) (answered, error) {
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.Config.Address, bytes.NewReader(body))
	if err != nil {
		return answered{}, badAddress()
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", strings.TrimSpace("Newsdesk "+t.Version))
	req.Header.Set(HeaderEvent, string(m.Event))
	req.Header.Set(HeaderKey, m.ID)
	req.Header.Set(HeaderSignature, signature)
	res, err := t.HTTP.Do(req)
	if err != nil {
		return answered{}, unanswered(err)
	}
	defer res.Body.Close()
	return read(res)
}
