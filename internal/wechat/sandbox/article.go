package sandbox

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// article is one article of a draft, a publication or a send, as it is stored: the body has been through the filter.
type article struct {
	ArticleType        string          `json:"article_type,omitempty"`
	Title              string          `json:"title"`
	Author             string          `json:"author"`
	Digest             string          `json:"digest"`
	Content            string          `json:"content"`
	ContentSourceURL   string          `json:"content_source_url"`
	ThumbMediaID       string          `json:"thumb_media_id"`
	ShowCoverPic       int             `json:"show_cover_pic"`
	NeedOpenComment    int             `json:"need_open_comment"`
	OnlyFansCanComment int             `json:"only_fans_can_comment"`
	PicCrop2351        string          `json:"pic_crop_235_1,omitempty"`
	PicCrop11          string          `json:"pic_crop_1_1,omitempty"`
	CoverInfo          json.RawMessage `json:"cover_info,omitempty"`
	ImageInfo          *imageInfo      `json:"image_info,omitempty"`
	ProductInfo        json.RawMessage `json:"product_info,omitempty"`
	URL                string          `json:"url"`
	ThumbURL           string          `json:"thumb_url"`
	IsDeleted          bool            `json:"is_deleted"`
}

type imageInfo struct {
	ImageList []imageRef `json:"image_list"`
}

type imageRef struct {
	ImageMediaID string `json:"image_media_id"`
}

// sentArticle is an article as it comes over the wire.
type sentArticle struct {
	ArticleType        text            `json:"article_type"`
	Title              text            `json:"title"`
	Author             text            `json:"author"`
	Digest             text            `json:"digest"`
	Content            text            `json:"content"`
	ContentSourceURL   text            `json:"content_source_url"`
	ThumbMediaID       text            `json:"thumb_media_id"`
	ShowCoverPic       number          `json:"show_cover_pic"`
	NeedOpenComment    number          `json:"need_open_comment"`
	OnlyFansCanComment number          `json:"only_fans_can_comment"`
	PicCrop2351        text            `json:"pic_crop_235_1"`
	PicCrop11          text            `json:"pic_crop_1_1"`
	CoverInfo          json.RawMessage `json:"cover_info"`
	ProductInfo        json.RawMessage `json:"product_info"`
	ImageInfo          *struct {
		ImageList []struct {
			ImageMediaID text `json:"image_media_id"`
		} `json:"image_list"`
	} `json:"image_info"`
}

const newsPic = "newspic"

// accept checks an article and makes the stored one. The lock is not held: the filter takes time.
func (l Limits) accept(in sentArticle, single bool) (article, error) {
	if err := l.checkLengths(in); err != nil {
		return article{}, err
	}
	if err := l.checkSource(in.ContentSourceURL); err != nil {
		return article{}, err
	}
	for _, crop := range []string{in.PicCrop2351.value, in.PicCrop11.value} {
		if _, good := parseCrop(crop); crop != "" && !good {
			return article{}, refuse(53402, "cover crop failed")
		}
	}
	a := article{
		ArticleType: in.ArticleType.value, Title: in.Title.value, Author: in.Author.value, Digest: in.Digest.value,
		ContentSourceURL: in.ContentSourceURL.value, ThumbMediaID: in.ThumbMediaID.value, ShowCoverPic: int(in.ShowCoverPic),
		NeedOpenComment: int(in.NeedOpenComment), OnlyFansCanComment: int(in.OnlyFansCanComment),
		PicCrop2351: in.PicCrop2351.value, PicCrop11: in.PicCrop11.value, CoverInfo: in.CoverInfo, ProductInfo: in.ProductInfo,
	}
	if a.ArticleType == "" {
		a.ArticleType = "news"
	}
	if in.ImageInfo != nil {
		a.ImageInfo = &imageInfo{}
		for _, ref := range in.ImageInfo.ImageList {
			a.ImageInfo.ImageList = append(a.ImageInfo.ImageList, imageRef{ref.ImageMediaID.value})
		}
	}
	return l.acceptBody(a, in.Content.value, single)
}

// acceptBody filters the body and fills the digest from it. Only drafts of one article have a digest.
func (l Limits) acceptBody(a article, content string, single bool) (article, error) {
	plain := content
	if a.ArticleType == newsPic {
		a.Content = content
	} else {
		var err error
		if a.Content, plain, err = filter(content); err != nil {
			return a, refuse(45166, "invalid content")
		}
	}
	switch {
	case !single:
		a.Digest = ""
	case strings.TrimSpace(a.Digest) == "":
		a.Digest = firstCharacters(plain, 54)
	}
	return a, nil
}

func firstCharacters(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

func (l Limits) checkLengths(in sentArticle) error {
	switch {
	case !oneOf(in.ArticleType.value, "", "news", newsPic):
		return refuse(40035, "invalid parameter hint: [article_type]")
	case strings.TrimSpace(in.Title.value) == "":
		return refuse(40227, "title is empty")
	case over(in.Title.count, l.Title):
		return refuse(45003, "title size out of limit")
	case over(in.Author.count, l.Author):
		return refuse(45110, "author size out of limit")
	case over(in.Digest.count, l.Digest):
		return refuse(45004, "description size out of limit")
	case strings.TrimSpace(in.Content.value) == "" && in.ArticleType.value != newsPic:
		return refuse(44004, "empty content")
	case l.Content >= 0 && in.Content.count >= l.Content, l.ContentBytes >= 0 && len(in.Content.value) >= l.ContentBytes:
		return refuse(45002, "content size out of limit")
	}
	return nil
}

func (l Limits) checkSource(source text) error {
	if source.value == "" {
		return nil
	}
	if over(len(source.value), l.SourceURL) {
		return refuse(45005, "url size out of limit")
	}
	u, err := url.Parse(source.value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return refuse(41039, "invalid content_source_url")
	}
	return nil
}

// crop is a part of a picture, in fractions of its sides.
type crop struct{ x1, y1, x2, y2 float64 }

// parseCrop reads X1_Y1_X2_Y2.
func parseCrop(s string) (crop, bool) {
	fields := strings.Split(s, "_")
	if len(fields) != 4 {
		return crop{}, false
	}
	var v [4]float64
	for i, f := range fields {
		n, err := strconv.ParseFloat(f, 64)
		if err != nil || !(n >= 0 && n <= 1) {
			return crop{}, false
		}
		v[i] = n
	}
	c := crop{v[0], v[1], v[2], v[3]}
	return c, c.x1 < c.x2 && c.y1 < c.y2
}

// checkMedia demands that covers and pictures are permanent images of this account. The lock is held.
func (s *Sandbox) checkMedia(acct *account, a *article) error {
	if a.NeedOpenComment != 0 && acct.cfg.Kind == Personal {
		return refuse(88000, "without comment privilege")
	}
	if a.ArticleType == newsPic {
		return s.checkPictures(acct, a)
	}
	m, found := acct.materials.get(a.ThumbMediaID)
	if !found || (m.Kind != "image" && m.Kind != "thumb") {
		return refuse(40007, "invalid media_id")
	}
	a.ThumbURL = s.materialItem(m).URL
	return nil
}

func (s *Sandbox) checkPictures(acct *account, a *article) error {
	if a.ImageInfo == nil || len(a.ImageInfo.ImageList) < 1 || len(a.ImageInfo.ImageList) > 20 {
		return refuse(40215, "invalid image count")
	}
	for i, ref := range a.ImageInfo.ImageList {
		m, found := acct.materials.get(ref.ImageMediaID)
		if !found || m.Kind != "image" {
			return refuse(40007, "invalid media_id")
		}
		if i == 0 {
			a.ThumbURL = s.materialItem(m).URL
		}
	}
	return nil
}

// wire is an article as the reads return it.
func (a article) wire(noContent bool) article {
	if noContent {
		a.Content = ""
	}
	return a
}

func wireAll(list []article, noContent number) []article {
	out := make([]article, len(list))
	for i, a := range list {
		out[i] = a.wire(noContent.on())
	}
	return out
}

// titles names a list of articles in the log.
func titles(list []article) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = shorten(a.Title, 30)
	}
	return strings.Join(out, " | ")
}
