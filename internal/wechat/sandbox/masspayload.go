package sandbox

import "regexp"

var outsideLink = regexp.MustCompile(`https?://[^\s"'<>]+`)

// fill finds what is to be sent. The lock is held.
func (c *call) fill(in massRequest, m *mass) error {
	switch m.Kind {
	case "mpnews":
		m.MediaID = in.MpNews.MediaID.value
		d, err := c.draftOf(m.MediaID)
		if err != nil {
			return err
		}
		m.Articles = d.Articles
		return nil
	case "text":
		m.Text = in.Text.Content.value
		return checkMassText(m.Text)
	case "image":
		return c.fillImages(in, m)
	case "voice":
		return c.fillMedia(m, in.Voice.MediaID.value, "voice")
	case "mpvideo":
		return c.fillMedia(m, in.MpVideo.MediaID.value, "video")
	case "wxcard":
		return refuse(45113, "goods and cards are not allowed in mass send")
	case "":
		return refuse(40008, "invalid message type")
	}
	return refuse(45162, "invalid msgtype")
}

func checkMassText(s string) error {
	if s == "" {
		return refuse(44004, "empty content")
	}
	for _, link := range outsideLink.FindAllString(s, -1) {
		if !isArticleLink(link) {
			return refuse(40066, "invalid url")
		}
	}
	return nil
}

func (c *call) fillImages(in massRequest, m *mass) error {
	ids := []string{}
	for _, id := range in.Images.MediaIDs {
		ids = append(ids, id.value)
	}
	if in.Image.MediaID.value != "" {
		ids = append(ids, in.Image.MediaID.value)
	}
	if len(ids) == 0 || len(ids) > 20 {
		return refuse(40215, "invalid image count")
	}
	for _, id := range ids {
		rec, found := c.acct.materials.get(id)
		if !found || rec.Kind != "image" {
			return refuse(40007, "invalid media_id")
		}
		m.Pictures = append(m.Pictures, c.s.materialItem(rec).URL)
	}
	return nil
}

func (c *call) fillMedia(m *mass, id, kind string) error {
	m.MediaID = id
	rec, found := c.acct.materials.get(id)
	if !found {
		rec, found = c.acct.temporary.get(id)
	}
	if !found || rec.Kind != kind {
		return refuse(40007, "invalid media_id")
	}
	m.Text = rec.Title
	return nil
}
