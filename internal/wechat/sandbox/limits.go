package sandbox

import "maps"

// Limits are the platform's numbers. In Config a zero number takes its default and a negative one means no limit; the maps
// are laid over the defaults.
type Limits struct {
	Daily     map[string]int `json:"daily"`      // calls a day by path
	TestDaily map[string]int `json:"test_daily"` // the same for test accounts, where they differ
	OtherDay  int            `json:"other_day"`  // calls a day for paths in no map
	PerMinute map[string]int `json:"per_minute"` // calls a minute by path

	SubmitPerMinute   int `json:"submit_per_minute"`    // hidden brake on freepublish/submit, 53501; off by default
	ClearPerMonth     int `json:"clear_per_month"`      // clear_quota and clear_quota/v2 together
	ClearPathPerMonth int `json:"clear_path_per_month"` // openapi/quota/clear
	ForceRefreshDay   int `json:"force_refresh_day"`    // forced stable tokens a day
	MassPerDay        int `json:"mass_per_day"`         // successful sends, subscription account
	MassPerMonth      int `json:"mass_per_month"`       // successful sends, service account

	Title        int `json:"title"`         // characters
	Author       int `json:"author"`        // characters
	Digest       int `json:"digest"`        // characters
	Content      int `json:"content"`       // characters; a body of this many is refused
	ContentBytes int `json:"content_bytes"` // bytes; likewise
	SourceURL    int `json:"source_url"`    // bytes
	Articles     int `json:"articles"`      // in one draft
	ClientMsgID  int `json:"clientmsgid"`   // bytes
	Images       int `json:"images"`        // permanent images of an account
	Others       int `json:"others"`        // permanent material of each other kind
}

// The counter that both mass interfaces share.
const massCounter = "/cgi-bin/message/mass/sendall"

// DefaultLimits returns the documented numbers of a newly registered account.
func DefaultLimits() Limits {
	return Limits{
		Daily:     defaultDaily(),
		TestDaily: map[string]int{"/cgi-bin/token": 200, "/cgi-bin/media/upload": 500, "/cgi-bin/material/add_material": 500, "/cgi-bin/media/get": 1000},
		OtherDay:  100_000,
		PerMinute: map[string]int{"/cgi-bin/stable_token": 10_000, massCounter: 60},

		SubmitPerMinute:   -1,
		ClearPerMonth:     10,
		ClearPathPerMonth: 50,
		ForceRefreshDay:   20,
		MassPerDay:        1,
		MassPerMonth:      4,

		Title:        32,
		Author:       16,
		Digest:       120,
		Content:      20_000,
		ContentBytes: 1 << 20,
		SourceURL:    1024,
		Articles:     8,
		ClientMsgID:  32,
		Images:       100_000,
		Others:       1000,
	}
}

// LenientLimits returns the default numbers with the lengths that live accounts were seen to accept in 2026: titles of 64
// characters, bodies under 50,000, and a clientmsgid of 64 bytes as older pages say.
func LenientLimits() Limits {
	l := DefaultLimits()
	l.Title, l.Digest, l.Content, l.ClientMsgID = 64, 128, 50_000, 64
	return l
}

func defaultDaily() map[string]int {
	return map[string]int{
		"/cgi-bin/token":                      2000,
		"/cgi-bin/stable_token":               500_000,
		"/cgi-bin/media/upload":               100_000,
		"/cgi-bin/material/add_material":      100_000,
		"/cgi-bin/media/get":                  200_000,
		"/cgi-bin/media/uploadimg":            1000,
		"/cgi-bin/draft/add":                  1000,
		"/cgi-bin/draft/get":                  500,
		"/cgi-bin/draft/update":               1000,
		"/cgi-bin/draft/delete":               1000,
		"/cgi-bin/draft/count":                1000,
		"/cgi-bin/draft/batchget":             1000,
		"/cgi-bin/freepublish/submit":         100,
		"/cgi-bin/freepublish/get":            100,
		"/cgi-bin/freepublish/delete":         10,
		"/cgi-bin/freepublish/getarticle":     100,
		"/cgi-bin/freepublish/batchget":       100,
		massCounter:                           100,
		"/cgi-bin/message/mass/preview":       100,
		"/cgi-bin/openapi/quota/get":          -1,
		"/cgi-bin/openapi/quota/clear":        -1,
		"/cgi-bin/openapi/rid/get":            -1,
		"/cgi-bin/clear_quota":                -1,
		"/cgi-bin/clear_quota/v2":             -1,
		"/cgi-bin/message/mass/speed/get":     1000,
		"/cgi-bin/message/mass/speed/set":     1000,
		"/cgi-bin/message/mass/delete":        10,
		"/cgi-bin/message/mass/get":           1000,
		"/cgi-bin/get_api_domain_ip":          1000,
		"/cgi-bin/getcallbackip":              1000,
		"/cgi-bin/callback/check":             1000,
		"/cgi-bin/material/get_material":      100_000,
		"/cgi-bin/material/del_material":      100_000,
		"/cgi-bin/material/batchget_material": 100_000,
		"/cgi-bin/material/get_materialcount": 100_000,
	}
}

func (l Limits) filled() Limits {
	d := DefaultLimits()
	l.Daily = overlay(d.Daily, l.Daily)
	l.TestDaily = overlay(d.TestDaily, l.TestDaily)
	l.PerMinute = overlay(d.PerMinute, l.PerMinute)
	for _, p := range []struct{ have, def *int }{
		{&l.OtherDay, &d.OtherDay},
		{&l.SubmitPerMinute, &d.SubmitPerMinute},
		{&l.ClearPerMonth, &d.ClearPerMonth},
		{&l.ClearPathPerMonth, &d.ClearPathPerMonth},
		{&l.ForceRefreshDay, &d.ForceRefreshDay},
		{&l.MassPerDay, &d.MassPerDay},
		{&l.MassPerMonth, &d.MassPerMonth},
		{&l.Title, &d.Title},
		{&l.Author, &d.Author},
		{&l.Digest, &d.Digest},
		{&l.Content, &d.Content},
		{&l.ContentBytes, &d.ContentBytes},
		{&l.SourceURL, &d.SourceURL},
		{&l.Articles, &d.Articles},
		{&l.ClientMsgID, &d.ClientMsgID},
		{&l.Images, &d.Images},
		{&l.Others, &d.Others},
	} {
		if *p.have == 0 {
			*p.have = *p.def
		}
	}
	return l
}

func overlay(base, over map[string]int) map[string]int {
	maps.Copy(base, over)
	return base
}

// over says whether n is more than a limit allows; a negative limit allows everything.
func over(n, limit int) bool { return limit >= 0 && n > limit }
