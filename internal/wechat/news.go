package wechat

import (
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// newsOut is an article as it is sent. The crops are sent in both forms the platform has documented: the older fields, and
// cover_info, which replaced them in the documentation at the end of 2025.
type newsOut struct {
	Type       string     `json:"article_type"`
	Title      string     `json:"title"`
	Author     string     `json:"author,omitempty"`
	Digest     string     `json:"digest,omitempty"`
	Content    string     `json:"content"`
	SourceURL  string     `json:"content_source_url,omitempty"`
	Thumb      string     `json:"thumb_media_id"`
	Comments   int        `json:"need_open_comment"`
	FansOnly   int        `json:"only_fans_can_comment"`
	CropWide   string     `json:"pic_crop_235_1,omitempty"`
	CropSquare string     `json:"pic_crop_1_1,omitempty"`
	Cover      *coverInfo `json:"cover_info,omitempty"`
}

type coverInfo struct {
	Crops []crop `json:"crop_percent_list"`
}

type crop struct {
	Ratio string `json:"ratio"`
	X1    text   `json:"x1"`
	Y1    text   `json:"y1"`
	X2    text   `json:"x2"`
	Y2    text   `json:"y2"`
}

const (
	ratioWide   = "2.35_1"
	ratioSquare = "1_1"
)

func toNews(articles []press.PushArticle) []newsOut {
	out := make([]newsOut, len(articles))
	for i, p := range articles {
		n := newsOut{
			Type: "news", Title: plain(p.Title), Author: plain(p.Author), Digest: plain(p.Digest), Content: plain(p.HTML),
			SourceURL: plain(p.SourceURL), Thumb: p.ThumbMedia,
		}
		if p.Comments {
			n.Comments = 1
		}
		n.addCrop(ratioWide, p.CropWide, &n.CropWide)
		n.addCrop(ratioSquare, p.CropSquare, &n.CropSquare)
		out[i] = n
	}
	return out
}

func (n *newsOut) addCrop(ratio string, r *press.Rect, old *string) {
	if r == nil || !r.Valid() {
		return
	}
	c := crop{Ratio: ratio, X1: fraction(r.X1), Y1: fraction(r.Y1), X2: fraction(r.X2), Y2: fraction(r.Y2)}
	*old = strings.Join([]string{string(c.X1), string(c.Y1), string(c.X2), string(c.Y2)}, "_")
	if n.Cover == nil {
		n.Cover = &coverInfo{}
	}
	n.Cover.Crops = append(n.Cover.Crops, c)
}

// fraction writes a part of a side with at most six decimals, the platform's limit.
func fraction(f float64) text {
	s := strconv.FormatFloat(f, 'f', 6, 64)
	return text(strings.TrimRight(strings.TrimRight(s, "0"), "."))
}

// news is the articles of a draft or a publication as they are read.
type news struct {
	Items      []newsIn `json:"news_item"`
	UpdateTime int64    `json:"update_time"`
}

type newsIn struct {
	Title      string    `json:"title"`
	Author     string    `json:"author"`
	Digest     string    `json:"digest"`
	Content    string    `json:"content"`
	SourceURL  string    `json:"content_source_url"`
	Thumb      string    `json:"thumb_media_id"`
	Comments   flag      `json:"need_open_comment"`
	CropWide   string    `json:"pic_crop_235_1"`
	CropSquare string    `json:"pic_crop_1_1"`
	Cover      coverInfo `json:"cover_info"`
	URL        string    `json:"url"`
}

func (n news) draft(mediaID string) press.PushDraft {
	d := press.PushDraft{MediaID: mediaID, UpdatedAt: unix(n.UpdateTime)}
	for _, item := range n.Items {
		d.Articles = append(d.Articles, item.article())
		d.URLs = append(d.URLs, httpsOnly(item.URL))
	}
	return d
}

func (n newsIn) article() press.PushArticle {
	return press.PushArticle{
		Title: n.Title, Author: n.Author, Digest: n.Digest, HTML: n.Content, SourceURL: n.SourceURL, ThumbMedia: n.Thumb,
		CropWide: n.crop(ratioWide, n.CropWide), CropSquare: n.crop(ratioSquare, n.CropSquare), Comments: bool(n.Comments),
	}
}

func (n newsIn) crop(ratio, old string) *press.Rect {
	for _, c := range n.Cover.Crops {
		if c.Ratio == ratio {
			return rect(string(c.X1), string(c.Y1), string(c.X2), string(c.Y2))
		}
	}
	return rect(strings.Split(old, "_")...)
}

// rect reads four fractions; nil if they are not a rectangle within the picture.
func rect(parts ...string) *press.Rect {
	if len(parts) != 4 {
		return nil
	}
	var v [4]float64
	for i, s := range parts {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil
		}
		v[i] = f
	}
	r := press.Rect{X1: v[0], Y1: v[1], X2: v[2], Y2: v[3]}
	if !r.Valid() {
		return nil
	}
	return &r
}
