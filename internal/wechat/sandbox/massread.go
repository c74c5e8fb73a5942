package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
)

func previewMass(c *call) (reply, error) {
	in, err := decode[massRequest](c)
	if err != nil {
		return reply{}, err
	}
	var user text
	_ = json.Unmarshal(in.ToUser, &user)
	byName := in.ToWxName.value != ""
	if user.value == "" && !byName {
		return reply{}, refuse(40003, "invalid openid")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.settleDue(c.acct, c.at)
	m := &mass{Kind: in.MsgType.value, Submitted: c.at, Finished: c.at, Settled: true, Preview: true, Recipients: 1, State: massSuccess}
	if err := c.fill(in, m); err != nil {
		return reply{}, err
	}
	if byName && c.acct.counts.add(dayKey(c.at), "towxname") > 100 {
		return reply{}, refuse(45009, "reach max api daily quota limit")
	}
	m.ID = c.acct.takeMsgID()
	c.s.linkMass(c.acct, m, previewURL)
	c.acct.masses.put(jobKey(m.ID), m)
	c.effect = true
	c.note = "msg_id " + jobKey(m.ID) + " " + titles(m.Articles) + shorten(m.Text, 30)
	c.s.touch()
	return jsonReply(map[string]any{"errcode": 0, "errmsg": "preview success", "msg_id": c.id(m.ID)}), nil
}

func getMass(c *call) (reply, error) {
	in, err := decode[struct {
		MsgID number `json:"msg_id"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.settleDue(c.acct, c.at)
	m, found := c.acct.masses.get(jobKey(int64(in.MsgID)))
	if !found || m.Preview {
		return reply{}, refuse(40059, "invalid msg id")
	}
	state := m.State
	if state == massApproval {
		state = massSending
	}
	c.note = jobKey(m.ID) + " " + m.State
	return jsonReply(map[string]any{"msg_id": c.id(m.ID), "msg_status": state}), nil
}

// deleteMass deletes articles that were sent; the cards stay in the chats.
func deleteMass(c *call) (reply, error) {
	in, err := decode[struct {
		MsgID number `json:"msg_id"`
		Index number `json:"article_idx"`
		URL   text   `json:"url"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.settleDue(c.acct, c.at)
	m, index, err := c.sentMass(int64(in.MsgID), in.URL.value, int(in.Index))
	if err != nil {
		return reply{}, err
	}
	c.note = jobKey(m.ID)
	next := *m
	if next.Articles, err = deletedAt(m.Articles, index, 40060); err != nil {
		return reply{}, err
	}
	if !slices.ContainsFunc(next.Articles, func(a article) bool { return !a.IsDeleted }) {
		next.State = massDeleted
	}
	c.acct.masses.swap(jobKey(m.ID), &next)
	c.effect = true
	c.s.touch()
	return ok(), nil
}

// sentMass finds a sent message by its id or by the address of one article.
func (c *call) sentMass(id int64, address string, index int) (*mass, int, error) {
	if id == 0 && address != "" {
		at, found := c.s.shown[address[strings.LastIndexByte(address, '/')+1:]]
		if !found || at.kind != massPage || at.acct != c.acct {
			return nil, 0, refuse(40059, "invalid msg id")
		}
		m, _ := c.acct.masses.get(at.key)
		return m, at.index + 1, nil
	}
	m, found := c.acct.masses.get(jobKey(id))
	switch {
	case !found || m.Preview || !m.Settled || m.State == massFailed:
		return nil, 0, refuse(40059, "invalid msg id")
	case m.Kind != "mpnews" && m.Kind != "mpvideo":
		return nil, 0, refuse(40065, "message of this kind cannot be deleted")
	}
	return m, index, nil
}

type speedReply struct {
	Speed     int `json:"speed"`
	RealSpeed int `json:"realspeed"`
}

// speedOf is the rate of each level, in ten thousands a minute.
func speedOf(level int) speedReply {
	return speedReply{level, [...]int{80, 60, 45, 30, 10}[level]}
}

func getSpeed(c *call) (reply, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return jsonReply(speedOf(c.acct.speed)), nil
}

func setSpeed(c *call) (reply, error) {
	in, err := decode[struct {
		Speed *number `json:"speed"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	switch {
	case in.Speed == nil:
		return reply{}, refuse(45084, "speed is not set")
	case *in.Speed < 0 || *in.Speed > 4:
		return reply{}, refuse(45083, "speed out of range")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.acct.speed = int(*in.Speed)
	c.effect = true
	c.s.touch()
	return ok(), nil
}
