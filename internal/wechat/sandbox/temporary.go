package sandbox

// uploadTemporary stores media for three days.
func uploadTemporary(c *call) (reply, error) {
	kind := c.r.URL.Query().Get("type")
	sh, known := temporaryShape(kind)
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
	rec := &material{MediaID: newMediaID(), Kind: kind, Name: f.filename, Format: m.format, Updated: c.at}
	if rec.Digest, err = c.s.bytes.put(f.data); err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.dropExpired(c.acct)
	c.acct.temporary.put(rec.MediaID, rec)
	c.effect = true
	c.s.touch()
	out := map[string]any{"type": kind, "created_at": c.at.Unix(), "media_id": rec.MediaID}
	if kind == "thumb" { // old replies name it so, and clients read either
		out["thumb_media_id"] = rec.MediaID
	}
	return jsonReply(out), nil
}

// getTemporary returns bytes, and for videos an address.
func getTemporary(c *call) (reply, error) {
	id := c.r.URL.Query().Get("media_id")
	c.note = shorten(id, 12)
	c.s.mu.Lock()
	m, found := c.acct.temporary.get(id)
	c.s.mu.Unlock()
	if !found || m.expired(c.at, c.s.cfg.Clocks.TempMedia) {
		return reply{}, refuse(40007, "invalid media_id")
	}
	if m.Kind == "video" {
		return jsonReply(map[string]string{"video_url": "http://mp.weixin.qq.com/mp/mp/video?__biz=sandbox&mid=" + id[:12]}), nil
	}
	return c.sendBytes(m)
}

// dropExpired forgets temporary media from the old end of the shelf.
func (s *Sandbox) dropExpired(a *account) {
	for e := a.temporary.order.Back(); e != nil; e = a.temporary.order.Back() {
		rec := e.Value.(shelved[*material])
		if !rec.value.expired(s.now(), s.cfg.Clocks.TempMedia) {
			return
		}
		a.temporary.remove(rec.key)
	}
}
