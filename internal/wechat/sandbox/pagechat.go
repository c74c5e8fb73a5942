package sandbox

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const chatSize = 30

type chatPage struct {
	base
	Messages []chatMessage
}

type chatMessage struct {
	At, Stamp string
	Preview   bool
	Cards     []card
	Text      string
	Pictures  []string
}

// card is one article of an edition as the chat shows it.
type card struct {
	Title, Path  string
	Deleted      bool
	Wide, Square cropView
}

// cropView shows a part of a picture: the picture is enlarged and moved inside a box that hides the rest.
type cropView struct {
	Src   string
	Style template.CSS
	Fit   bool // no part was named: cover the box
}

func (s *Sandbox) showChat(w http.ResponseWriter, r *http.Request) {
	b, a := s.accountBase(r, "chat")
	if a == nil {
		s.showMissing(w, r)
		return
	}
	p := chatPage{base: b}
	s.mu.Lock()
	s.settleDue(a, s.now())
	seen := []*mass{}
	for _, m := range a.masses.page(0, -1) {
		if m.State == massSuccess || m.State == massDeleted {
			seen = append(seen, m)
		}
	}
	offset := p.window(r, chatSize, func() int { return len(seen) })
	for _, m := range seen[min(offset, len(seen)):min(offset+chatSize, len(seen))] {
		p.Messages = append(p.Messages, p.message(m))
	}
	s.mu.Unlock()
	slices.Reverse(p.Messages) // the newest stands at the bottom
	s.render(w, http.StatusOK, "chat", p)
}

func (b base) message(m *mass) chatMessage {
	out := chatMessage{At: m.Finished.UTC().Format(time.RFC3339), Stamp: b.stamp(m.Finished), Preview: m.Preview, Text: m.Text}
	for _, art := range m.Articles {
		out.Cards = append(out.Cards, cardOf(art, localPath(art.URL)))
	}
	for _, address := range m.Pictures {
		out.Pictures = append(out.Pictures, localPath(address))
	}
	switch m.Kind {
	case "voice":
		out.Text = b.T("[voice]", "[语音]")
	case "mpvideo":
		out.Text = b.T("[video] ", "[视频] ") + m.Text
	}
	return out
}

// stamp is a time as a chat shows it, in China.
func (b base) stamp(t time.Time) string {
	t = china(t)
	if b.Lang == "zh" {
		return fmt.Sprintf("%d月%d日 %s", t.Month(), t.Day(), t.Format("15:04"))
	}
	return t.Format("2 Jan 15:04")
}

func cardOf(art article, path string) card {
	src := localPath(art.ThumbURL)
	wide, square := cropsOf(art)
	return card{art.Title, path, art.IsDeleted, showCrop(src, wide), showCrop(src, square)}
}

// cropsOf reads the parts of the cover that a draft names, in the old fields or in cover_info.
func cropsOf(a article) (wide, square *crop) {
	if c, named := parseCrop(a.PicCrop2351); named {
		wide = &c
	}
	if c, named := parseCrop(a.PicCrop11); named {
		square = &c
	}
	var info struct {
		List []struct {
			Ratio, X1, Y1, X2, Y2 text
		} `json:"crop_percent_list"`
	}
	if json.Unmarshal(a.CoverInfo, &info) != nil {
		return wide, square
	}
	for _, p := range info.List {
		c, good := parseCrop(p.X1.value + "_" + p.Y1.value + "_" + p.X2.value + "_" + p.Y2.value)
		switch {
		case good && p.Ratio.value == "2.35_1":
			wide = &c
		case good && p.Ratio.value == "1_1":
			square = &c
		}
	}
	return wide, square
}

func showCrop(src string, c *crop) cropView {
	if c == nil {
		return cropView{Src: src, Fit: true}
	}
	percent := func(v float64) string { return strconv.FormatFloat(100*v, 'f', 3, 64) + "%" }
	w, h := c.x2-c.x1, c.y2-c.y1
	return cropView{Src: src, Style: template.CSS(
		"width:" + percent(1/w) + ";height:" + percent(1/h) + ";left:" + percent(-c.x1/w) + ";top:" + percent(-c.y1/h),
	)}
}
