package sandbox

import (
	"encoding/json"
	"strconv"
	"time"
)

// material is a file in the library, permanent or temporary.
type material struct {
	MediaID string    `json:"media_id"`
	Kind    string    `json:"kind"`
	Name    string    `json:"name"`
	Digest  string    `json:"digest"`
	Format  string    `json:"format"`
	Picture string    `json:"picture,omitempty"` // id of its mmbiz address
	Updated time.Time `json:"updated"`
	Title   string    `json:"title,omitempty"` // videos
	Intro   string    `json:"intro,omitempty"`
}

func (c *call) storeMaterial(kind string, f form, m medium) (*material, *picture, error) {
	rec := &material{MediaID: newMediaID(), Kind: kind, Name: f.filename, Format: m.format, Updated: c.at}
	if kind == "image" || kind == "thumb" {
		p, err := c.s.addPicture(c.appid(), m, f.data)
		if err != nil {
			return nil, nil, err
		}
		rec.Picture, rec.Digest = p.ID, p.Digest
		return rec, p, nil
	}
	var err error
	rec.Digest, err = c.s.bytes.put(f.data)
	return rec, nil, err
}

// addMaterial stores permanent material. Equal bytes make another one each time.
func addMaterial(c *call) (reply, error) {
	kind := c.r.URL.Query().Get("type")
	sh, known := permanentShape(kind)
	if !known {
		return reply{}, refuse(40004, "invalid media type")
	}
	f, err := c.readForm()
	if err != nil {
		return reply{}, err
	}
	c.note = kind + " " + f.filename
	m, err := sh.check(f.data)
	if err != nil {
		return reply{}, err
	}
	rec, p, err := c.storeMaterial(kind, f, m)
	if err != nil {
		return reply{}, err
	}
	if kind == "video" {
		if rec.Title, rec.Intro, err = videoText(f.description); err != nil {
			return reply{}, err
		}
	}
	if err := c.keepMaterial(rec); err != nil {
		return reply{}, err
	}
	out := struct {
		MediaID string `json:"media_id"`
		URL     string `json:"url,omitempty"`
	}{MediaID: rec.MediaID}
	if kind == "image" {
		out.URL = "http://mmbiz.qpic.cn" + p.mmbiz("0") + "?wx_fmt=" + p.Format
	}
	return jsonReply(out), nil
}

func videoText(description string) (title, intro string, err error) {
	var d struct {
		Title text `json:"title"`
		Intro text `json:"introduction"`
	}
	if json.Unmarshal([]byte(description), &d) != nil || d.Title.value == "" {
		return "", "", refuse(47001, "data format error hint: [description]")
	}
	return d.Title.value, d.Intro.value, nil
}

func (c *call) keepMaterial(rec *material) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	same, limit := 0, c.s.cfg.Limits.Others
	if rec.Kind == "image" {
		limit = c.s.cfg.Limits.Images
	}
	if c.acct.materials.len() >= limit { // otherwise no kind can be full
		for _, m := range c.acct.materials.page(0, -1) {
			if m.Kind == rec.Kind {
				same++
			}
		}
	}
	if over(same+1, limit) {
		return refuse(45074, "material list size out of limit")
	}
	c.acct.materials.put(rec.MediaID, rec)
	c.note += " → " + shorten(rec.MediaID, 12)
	c.effect = true
	c.s.touch()
	return nil
}

type mediaIDRequest struct {
	MediaID text `json:"media_id"`
}

func (c *call) mediaID() (string, error) {
	in, err := decode[mediaIDRequest](c)
	if err != nil {
		return "", err
	}
	c.note = shorten(in.MediaID.value, 12)
	if in.MediaID.value == "" {
		return "", refuse(40007, "invalid media_id")
	}
	return in.MediaID.value, nil
}

func getMaterial(c *call) (reply, error) {
	id, err := c.mediaID()
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	m, found := c.acct.materials.get(id)
	c.s.mu.Unlock()
	if !found {
		return reply{}, refuse(40007, "invalid media_id")
	}
	if m.Kind == "video" {
		return jsonReply(map[string]string{
			"title": m.Title, "description": m.Intro, "down_url": "http://mp.weixin.qq.com/mp/mp/video?__biz=sandbox&mid=" + m.MediaID[:12],
		}).asText(), nil
	}
	return c.sendBytes(m)
}

func (c *call) sendBytes(m *material) (reply, error) {
	data, err := c.s.bytes.get(m.Digest)
	if err != nil {
		return reply{}, err
	}
	return reply{status: 200, contentType: contentTypeOf(m.Format), filename: m.MediaID + "." + m.Format, body: data}, nil
}

func deleteMaterial(c *call) (reply, error) {
	id, err := c.mediaID()
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if !c.acct.materials.remove(id) {
		return reply{}, refuse(40007, "invalid media_id")
	}
	c.effect = true
	c.s.touch()
	return ok(), nil
}

func countMaterial(c *call) (reply, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	n := map[string]int{"voice_count": 0, "video_count": 0, "image_count": 0, "news_count": 0}
	for _, m := range c.acct.materials.page(0, -1) {
		if m.Kind != "thumb" {
			n[m.Kind+"_count"]++
		}
	}
	return jsonReply(n), nil
}

// listing is the window that every batchget asks for.
type listing struct {
	Type      text    `json:"type"`
	Offset    number  `json:"offset"`
	Count     *number `json:"count"`
	NoContent number  `json:"no_content"`
}

func (c *call) listing() (listing, error) {
	in, err := decode[listing](c)
	if err != nil {
		return in, err
	}
	if in.Count == nil || *in.Count < 1 || *in.Count > 20 || in.Offset < 0 {
		return in, refuse(40035, "invalid parameter")
	}
	c.note = "offset " + strconv.FormatInt(int64(in.Offset), 10)
	return in, nil
}

type listReply[T any] struct {
	TotalCount int `json:"total_count"`
	ItemCount  int `json:"item_count"`
	Item       []T `json:"item"`
}

type materialItem struct {
	MediaID    string `json:"media_id"`
	Name       string `json:"name"`
	UpdateTime int64  `json:"update_time"`
	URL        string `json:"url"`
}

func listMaterial(c *call) (reply, error) {
	in, err := c.listing()
	if err != nil {
		return reply{}, err
	}
	if !oneOf(in.Type.value, "image", "voice", "video", "news") {
		return reply{}, refuse(40004, "invalid media type")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	out := listReply[materialItem]{Item: []materialItem{}}
	for _, m := range c.acct.materials.page(0, -1) {
		if m.Kind != in.Type.value {
			continue
		}
		if i := number(out.TotalCount); i >= in.Offset && i < in.Offset+*in.Count {
			out.Item = append(out.Item, c.s.materialItem(m))
		}
		out.TotalCount++
	}
	out.ItemCount = len(out.Item)
	return jsonReply(out).asText(), nil
}

func (s *Sandbox) materialItem(m *material) materialItem {
	item := materialItem{MediaID: m.MediaID, Name: m.Name, UpdateTime: m.Updated.Unix()}
	if p := s.pictures[m.Picture]; p != nil {
		item.URL = "http://mmbiz.qpic.cn" + p.mmbiz("0") + "?wx_fmt=" + p.Format
	}
	return item
}
