package wechat

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
)

// text is a value that the platform documents as text and sends as a number, or the reverse: publish_id, msg_id, errcode.
type text string

// UnmarshalJSON takes a string, a number or null.
func (t *text) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(t))
	}
	if bytes.Equal(data, []byte("null")) {
		*t = ""
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*t = text(n)
	return nil
}

// flag is 0, 1, true or false, bare or quoted.
type flag bool

// UnmarshalJSON takes any of the forms.
func (f *flag) UnmarshalJSON(data []byte) error {
	s := strings.Trim(string(data), `" `)
	*f = flag(s == "1" || s == "true")
	return nil
}

// number is an id as the platform itself writes it: bare when it is all digits.
func number(id string) any {
	if id == "" || len(id) > 19 || strings.Trim(id, "0123456789") != "" || id[0] == '0' {
		return id
	}
	return json.Number(id)
}

// httpsOnly rewrites an address of Tencent's hosts, which come as http, to https. Others, a sandbox's say, stay.
func httpsOnly(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return address
	}
	host := u.Hostname()
	if strings.HasSuffix(host, ".qpic.cn") || strings.HasSuffix(host, ".qlogo.cn") || host == "mp.weixin.qq.com" {
		u.Scheme = "https"
		return u.String()
	}
	return address
}

// plain takes out what JSON can only write as an escape: WeChat counts \uXXXX as six characters or refuses it.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return r
		case r < 0x20, r == 0xFFFD:
			return -1
		case r == 0x2028, r == 0x2029:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
