package config

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
)

var (
	nameForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	appIDForm = regexp.MustCompile(`^wx[0-9a-f]{16}$`)
)

func (k *checker) accounts() {
	var names, appIDs []string
	for i, a := range k.Config.Accounts {
		at := "accounts." + strconv.Itoa(i)
		k.accountName(at+".name", a.Name, names)
		k.appID(at+".app_id", a.AppID, appIDs)
		if !a.Secret.Set() && !k.SandboxOn() {
			k.fail(at+".secret", "%s is needed: the account's AppSecret. The sandbox needs none (sandbox.mode: on).",
				"须填写 %s（公众号的 AppSecret）；沙箱模式（sandbox.mode: on）不需要。", at+".secret")
		}
		k.webAddress(at+".base_url", a.BaseURL)
		if !nameForm.MatchString(a.Theme) {
			k.fail(at+".theme", "%s is %s; a theme's name has 1 to 32 of the characters a-z, 0-9 and -.",
				"%s 的值为 %s，主题名由 1 至 32 个 a-z、0-9、- 组成。", at+".theme", shown(a.Theme))
		}
		k.callback(at, a)
		names, appIDs = append(names, a.Name), append(appIDs, a.AppID)
	}
}

func (k *checker) accountName(key, name string, before []string) {
	switch {
	case !nameForm.MatchString(name):
		k.fail(key, "%s is %s; an account's name has 1 to 32 of the characters a-z, 0-9 and -.",
			"%s 的值为 %s，公众号代号由 1 至 32 个 a-z、0-9、- 组成。", key, shown(name))
	case slices.Contains(before, name):
		k.fail(key, "%s is %s, which an earlier account has already.", "%s 的值 %s 与前面的公众号重复。", key, shown(name))
	}
}

func (k *checker) appID(key, id string, before []string) {
	switch {
	case id == "":
		k.fail(key, "%s is needed; it begins with wx.", "须填写 %s，以 wx 开头。", key)
	case slices.Contains(before, id):
		k.fail(key, "%s is %s, which an earlier account has already.", "%s 的值 %s 与前面的公众号重复。", key, shown(id))
	case !appIDForm.MatchString(id):
		k.advise(key, "%s is %s; WeChat's are wx and 16 hexadecimal digits.", "%s 的值为 %s，微信的 AppID 通常是 wx 加 16 位十六进制字符。", key, shown(id))
	}
}

// callback holds the keys of event pushes together. WeChat's EncodingAESKey is base64 of 32 bytes without its padding,
// 43 characters; the token has 3 to 32 letters and digits.
func (k *checker) callback(at string, a Account) {
	for _, f := range []struct {
		key string
		val Secret
	}{{at + ".encoding_aes_key", a.EncodingAESKey}, {at + ".old_encoding_aes_key", a.OldEncodingAESKey}} {
		raw, err := base64.StdEncoding.DecodeString(f.val.Reveal() + "=")
		if f.val.Set() && (err != nil || len(raw) != 32) {
			k.fail(f.key, "%s has %d characters; WeChat's EncodingAESKey has 43 letters and digits.",
				"%s 有 %d 个字符，微信的 EncodingAESKey 为 43 位字母和数字。", f.key, len(f.val))
		}
		if f.val.Set() && !a.CallbackToken.Set() {
			k.fail(at+".callback_token", "%[1]s is given, so %[2]s is needed too.", "已填写 %[1]s，还须填写 %[2]s。", f.key, at+".callback_token")
		}
	}
	if a.OldEncodingAESKey.Set() && !a.EncodingAESKey.Set() {
		k.fail(at+".encoding_aes_key", "%[1]s is given without the new key in %[2]s.", "填写了 %[1]s，但缺少新密钥 %[2]s。",
			at+".old_encoding_aes_key", at+".encoding_aes_key")
	}
	if n := len(a.CallbackToken); a.CallbackToken.Set() && !regexp.MustCompile(`^[0-9A-Za-z]{3,32}$`).MatchString(a.CallbackToken.Reveal()) {
		k.fail(at+".callback_token", "%s has %d characters; WeChat takes 3 to 32 letters and digits.",
			"%s 有 %d 个字符，微信要求 3 至 32 位字母或数字。", at+".callback_token", n)
	}
}
