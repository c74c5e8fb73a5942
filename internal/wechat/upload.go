package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"github.com/silenceper/wechat/v2/util"

	"newsdesk/internal/press"
)

var (
	uploadImage = call{name: "media/uploadimg", effect: again, upload: true}
	addMaterial = call{name: "material/add_material", effect: once, upload: true}
)

// The platform's limits of a picture in a body (it must be smaller) and of a permanent picture (at most), in bytes.
const (
	bodyImageLimit = 1 << 20
	materialLimit  = 10 << 20
)

// UploadImage hands in a picture of a body, JPEG or PNG under 1 MiB, and returns its address, which is the only kind that
// articles may show. It may be repeated: equal bytes get another address.
func (a *Account) UploadImage(ctx context.Context, name string, data []byte) (string, error) {
	if e := ending(data); len(data) >= bodyImageLimit || e != ".jpg" && e != ".png" {
		return "", here(uploadImage, press.ClassContent, press.Say(
			"A picture in an article must be a JPEG or PNG under 1 MB.", "正文图片须为小于 1 MB 的 JPEG 或 PNG。"), fixPicture)
	}
	x, err := a.send(ctx, uploadImage, "", name, data)
	if err != nil {
		return "", err
	}
	var answer struct {
		URL string `json:"url"`
	}
	if json.Unmarshal(x.body, &answer) != nil || answer.URL == "" {
		return "", a.unclear(uploadImage, incomplete, nil)
	}
	return httpsOnly(answer.URL), nil
}

// AddImage puts a picture into the account's library for good, at most 10 MiB, and returns its media_id, which covers need,
// and its address. Each call makes another entry.
func (a *Account) AddImage(ctx context.Context, name string, data []byte) (mediaID, url string, err error) {
	if len(data) > materialLimit || ending(data) == "" {
		return "", "", here(addMaterial, press.ClassContent, press.Say(
			"A cover picture must be a JPEG, PNG, GIF or BMP of at most 10 MB.", "封面图片须为不超过 10 MB 的 JPEG、PNG、GIF 或 BMP。"), fixPicture)
	}
	x, err := a.send(ctx, addMaterial, "&type=image", name, data)
	if err != nil {
		return "", "", err
	}
	var answer struct {
		MediaID string `json:"media_id"`
		URL     string `json:"url"`
	}
	if json.Unmarshal(x.body, &answer) != nil || answer.MediaID == "" {
		return "", "", a.unclear(addMaterial, incomplete, nil)
	}
	return answer.MediaID, httpsOnly(answer.URL), nil
}

// send makes a call that carries a picture.
func (a *Account) send(ctx context.Context, c call, query, name string, data []byte) (*exchange, error) {
	form := newForm(fileName(name, data), data)
	return a.do(ctx, c, func(x *exchange) error {
		req, err := form.request(x.ctx, x.address(c.name)+query)
		if err != nil {
			return err
		}
		resp, err := util.DefaultHTTPClient.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close() // the exchange has read it
	})
}

// form is a file in a part named media, as every upload of the platform wants it. The file's bytes are not copied: they go
// out between what stands before and after them.
type form struct {
	head, data, tail []byte
	contentType      string
}

func newForm(name string, data []byte) form {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	_, _ = w.CreateFormFile("media", name) // a bytes.Buffer takes everything
	head := buf.Len()
	_ = w.Close()
	return form{head: buf.Bytes()[:head], data: data, tail: buf.Bytes()[head:], contentType: w.FormDataContentType()}
}

func (f form) reader() io.ReadCloser {
	return io.NopCloser(io.MultiReader(bytes.NewReader(f.head), bytes.NewReader(f.data), bytes.NewReader(f.tail)))
}

// request says how long it is, and can be made again where a kept connection turns out to be closed.
func (f form) request(ctx context.Context, address string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, f.reader())
	if err != nil {
		return nil, err
	}
	req.ContentLength = int64(len(f.head) + len(f.data) + len(f.tail))
	req.GetBody = func() (io.ReadCloser, error) { return f.reader(), nil }
	req.Header.Set("Content-Type", f.contentType)
	return req, nil
}

// fileName makes a name that goes into a header as it is, with the ending of the picture's real format: the platform
// judges a picture by its ending.
func fileName(name string, data []byte) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`"'\/:*?<>|;%`, r) || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if name = strings.Trim(name, ". "); name == "" {
		name = "image"
	}
	if r := []rune(name); len(r) > 60 {
		name = string(r[:60])
	}
	return name + ending(data)
}

// ending is the file ending of what the first bytes say; empty for what the platform does not take.
func ending(data []byte) string {
	for _, f := range []struct{ magic, ending string }{
		{"\xff\xd8\xff", ".jpg"}, {"\x89PNG\r\n\x1a\n", ".png"}, {"GIF87a", ".gif"}, {"GIF89a", ".gif"}, {"BM", ".bmp"},
	} {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			return f.ending
		}
	}
	return ""
}
