package sandbox

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"path"
	"strings"
	"time"
)

// picture is an image that has an mmbiz address.
type picture struct {
	ID     string `json:"id"`
	AppID  string `json:"appid"`
	Digest string `json:"digest"`
	Format string `json:"format"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// mmbiz is the path of a picture, on the platform's host and on the sandbox alike.
func (p *picture) mmbiz(size string) string {
	kind := map[string]string{"jpeg": "jpg", "png": "png", "gif": "gif", "bmp": "bmp"}[p.Format]
	return "/mmbiz_" + kind + "/" + p.ID + "/" + size
}

// form is what an upload carries.
type form struct {
	data        []byte
	filename    string // base name: clients send whole paths
	description string // of videos; clients send it as a field or as a file
}

func (c *call) readForm() (form, error) {
	var f form
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return f, refuse(41005, "media data missing")
	}
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	found := false
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f, refuse(41005, "media data missing")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return f, refuse(41005, "media data missing")
		}
		switch part.FormName() {
		case "media":
			if name := rawFilename(part); name != "" {
				f.data, f.filename, found = data, name, true
			}
		case "description":
			f.description = string(data)
		}
	}
	if !found {
		return f, refuse(41005, "media data missing")
	}
	if len(f.data) == 0 {
		return f, refuse(44001, "empty media data")
	}
	return f, nil
}

func rawFilename(p *multipart.Part) string {
	name := strings.ReplaceAll(p.FileName(), `\`, "/")
	if name == "" {
		return ""
	}
	return shorten(path.Base(name), 100)
}

// shape is what an upload of one kind may be.
type shape struct {
	formats  []string
	max      int // bytes
	sizeCode int
}

const (
	mb      = 1 << 20
	kbThumb = 64 << 10
)

func permanentShape(kind string) (shape, bool) {
	switch kind {
	case "image":
		return shape{[]string{"bmp", "png", "jpeg", "gif"}, 10 * mb, 40009}, true
	case "thumb":
		return shape{[]string{"jpeg"}, kbThumb, 40012}, true
	case "voice":
		return shape{[]string{"mp3", "wma", "wav", "amr"}, 2 * mb, 40010}, true
	case "video":
		return shape{[]string{"mp4"}, 10 * mb, 40011}, true
	}
	return shape{}, false
}

func temporaryShape(kind string) (shape, bool) {
	sh, known := permanentShape(kind)
	switch kind {
	case "image":
		sh.formats = []string{"png", "jpeg", "gif"}
	case "voice":
		sh.formats = []string{"amr", "mp3"}
	}
	return sh, known
}

// check refuses an upload by what its bytes are.
func (sh shape) check(data []byte) (medium, error) {
	m, whole := sniff(data)
	switch {
	case len(data) > sh.max:
		return m, refuse(sh.sizeCode, "invalid media size")
	case m.format == "":
		return m, refuse(40113, "unsupported file type")
	case !oneOf(m.format, sh.formats...):
		return m, refuse(40005, "invalid file type")
	case !whole:
		return m, refuse(40137, "invalid image format")
	}
	return m, nil
}

// addPicture gives bytes an mmbiz address. The lock is not held.
func (s *Sandbox) addPicture(appid string, m medium, data []byte) (*picture, error) {
	digest, err := s.bytes.put(data)
	if err != nil {
		return nil, err
	}
	p := &picture{newMediaID(), appid, digest, m.format, m.width, m.height}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pictures[p.ID] = p
	s.touch()
	return p, nil
}

// uploadImage takes a picture for the body of an article: jpg or png, under 1 MB, not counted in the library.
func uploadImage(c *call) (reply, error) {
	f, err := c.readForm()
	if err != nil {
		return reply{}, err
	}
	c.note = f.filename
	m, err := shape{[]string{"jpeg", "png"}, mb - 1, 40009}.check(f.data)
	if err != nil {
		return reply{}, err
	}
	p, err := c.s.addPicture(c.appid(), m, f.data)
	if err != nil {
		return reply{}, err
	}
	c.effect = true
	return jsonReply(struct {
		URL string `json:"url"`
	}{"http://mmbiz.qpic.cn" + p.mmbiz("0")}), nil
}

// expired says whether temporary media is past its three days.
func (m *material) expired(now time.Time, life time.Duration) bool {
	return now.Sub(m.Updated) > life
}
