package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// event is a message to the callback address, ready to be written in either mode.
type event struct {
	name  string // PUBLISHJOBFINISH, …
	owner string // openid
	body  string // XML
}

// xmlWriter writes the platform's XML: text in CDATA, numbers bare.
type xmlWriter struct{ strings.Builder }

func (x *xmlWriter) text(name, value string) {
	fmt.Fprintf(x, "<%s>%s</%s>", name, cdata(value), name)
}

func (x *xmlWriter) num(name string, n int64) {
	fmt.Fprintf(x, "<%s>%d</%s>", name, n, name)
}

// cdata splits what would end the section early over two of them.
func cdata(s string) string {
	return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") + "]]>"
}

func (a *account) newEvent(name string, now time.Time) *xmlWriter {
	x := &xmlWriter{}
	x.WriteString("<xml>")
	x.text("ToUserName", a.cfg.OriginalID)
	x.text("FromUserName", a.cfg.owner())
	x.num("CreateTime", now.Unix())
	x.text("MsgType", "event")
	x.text("Event", name)
	return x
}

func (a *account) finish(name string, x *xmlWriter) event {
	x.WriteString("</xml>")
	return event{name, a.cfg.owner(), x.String()}
}

func (s *Sandbox) publishEvent(a *account, p *publication, now time.Time) event {
	if p.Plan.Event == EventOtherKind {
		return a.massFinish(p.ID, endSuccess, now, a.cfg.Followers, p.Articles, p.Plan.NoURLs)
	}
	return a.publishFinish(p, now)
}

func (a *account) publishFinish(p *publication, now time.Time) event {
	const name = "PUBLISHJOBFINISH"
	x := a.newEvent(name, now)
	x.WriteString("<PublishEventInfo>")
	x.num("publish_id", p.ID)
	x.num("publish_status", int64(p.Status))
	if p.Status == pubSuccess {
		x.text("article_id", p.ArticleID)
		x.WriteString("<article_detail>")
		x.num("count", int64(len(p.Articles)))
		for i, art := range p.Articles {
			x.WriteString("<item>")
			x.num("idx", int64(i+1))
			x.text("article_url", art.URL)
			x.WriteString("</item>")
		}
		x.WriteString("</article_detail>")
	}
	for _, idx := range p.FailIdx {
		x.num("fail_idx", int64(idx))
	}
	x.WriteString("</PublishEventInfo>")
	return a.finish(name, x)
}

func (s *Sandbox) massEvent(a *account, m *mass, now time.Time) event {
	if m.Plan.Event == EventOtherKind {
		p := &publication{ID: m.ID, Articles: m.Articles, ArticleID: strconv.FormatInt(m.MsgDataID, 10)}
		if m.State != massSuccess {
			p.Status = pubFailed
		}
		return a.publishFinish(p, now)
	}
	return a.massFinish(m.ID, m.Ending, now, m.Recipients, m.Articles, m.Plan.NoURLs)
}

// massFinish writes the event of a send; note MsgID, which messages spell MsgId.
func (a *account) massFinish(id int64, status string, now time.Time, total int, list []article, noURLs bool) event {
	const name = "MASSSENDJOBFINISH"
	sent := total
	if status != endSuccess {
		sent, list = 0, nil
	}
	if noURLs {
		list = nil
	}
	x := a.newEvent(name, now)
	x.num("MsgID", id)
	x.text("Status", status)
	x.num("TotalCount", int64(total))
	x.num("FilterCount", int64(total))
	x.num("SentCount", int64(sent))
	x.num("ErrorCount", 0)
	x.WriteString("<CopyrightCheckResult><Count>0</Count><ResultList></ResultList><CheckState>0</CheckState></CopyrightCheckResult>")
	x.WriteString("<ArticleUrlResult>")
	x.num("Count", int64(len(list)))
	x.WriteString("<ResultList>")
	for i, art := range list {
		x.WriteString("<item>")
		x.num("ArticleIdx", int64(i+1))
		x.text("ArticleUrl", art.URL)
		x.WriteString("</item>")
	}
	x.WriteString("</ResultList></ArticleUrlResult>")
	return a.finish(name, x)
}
