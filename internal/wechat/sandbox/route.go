package sandbox

import "net/http"

// auth is how a call proves who makes it.
type auth int

const (
	byToken  auth = iota // access_token in the query
	bySecret             // appid and secret; the handler looks at them
)

// need is what kind of account a call wants.
type need int

const (
	anyone      need = iota
	mayPublish       // verified, or a test account
	maySend          // likewise
	maySendByID      // service accounts only
	mayNotAtAll      // the platform has withdrawn the call: 45103
)

// route is one call of the API.
type route struct {
	method string
	auth   auth
	need   need
	upload bool // multipart, up to maxUpload bytes
	run    func(*call) (reply, error)
}

// routes lists every call that the sandbox knows.
func routes() map[string]route {
	const get, post = http.MethodGet, http.MethodPost
	return map[string]route{
		"/cgi-bin/token":             {method: get, auth: bySecret, run: classicToken},
		"/cgi-bin/stable_token":      {method: post, auth: bySecret, run: stableToken},
		"/cgi-bin/get_api_domain_ip": {method: get, run: apiDomainIPs},
		"/cgi-bin/getcallbackip":     {method: get, run: callbackIPs},
		"/cgi-bin/callback/check":    {method: post, run: checkCallback},

		"/cgi-bin/media/uploadimg":            {method: post, upload: true, run: uploadImage},
		"/cgi-bin/media/upload":               {method: post, upload: true, run: uploadTemporary},
		"/cgi-bin/media/get":                  {method: get, run: getTemporary},
		"/cgi-bin/media/uploadnews":           {method: post, need: mayNotAtAll},
		"/cgi-bin/material/add_news":          {method: post, need: mayNotAtAll},
		"/cgi-bin/material/update_news":       {method: post, need: mayNotAtAll},
		"/cgi-bin/material/add_material":      {method: post, upload: true, run: addMaterial},
		"/cgi-bin/material/get_material":      {method: post, run: getMaterial},
		"/cgi-bin/material/del_material":      {method: post, run: deleteMaterial},
		"/cgi-bin/material/get_materialcount": {method: get, run: countMaterial},
		"/cgi-bin/material/batchget_material": {method: post, run: listMaterial},

		"/cgi-bin/draft/add":      {method: post, run: addDraft},
		"/cgi-bin/draft/get":      {method: post, run: getDraft},
		"/cgi-bin/draft/update":   {method: post, run: updateDraft},
		"/cgi-bin/draft/delete":   {method: post, run: deleteDraft},
		"/cgi-bin/draft/count":    {method: get, run: countDrafts},
		"/cgi-bin/draft/batchget": {method: post, run: listDrafts},
		"/cgi-bin/draft/switch":   {method: post, run: switchDrafts},

		"/cgi-bin/freepublish/submit":     {method: post, need: mayPublish, run: submitPublication},
		"/cgi-bin/freepublish/get":        {method: post, need: mayPublish, run: getPublication},
		"/cgi-bin/freepublish/batchget":   {method: post, need: mayPublish, run: listPublications},
		"/cgi-bin/freepublish/getarticle": {method: post, need: mayPublish, run: getArticle},
		"/cgi-bin/freepublish/delete":     {method: post, need: mayPublish, run: deleteArticle},

		"/cgi-bin/message/mass/sendall":   {method: post, need: maySend, run: sendToAll},
		"/cgi-bin/message/mass/send":      {method: post, need: maySendByID, run: sendToSome},
		"/cgi-bin/message/mass/preview":   {method: post, need: maySend, run: previewMass},
		"/cgi-bin/message/mass/get":       {method: post, need: maySend, run: getMass},
		"/cgi-bin/message/mass/delete":    {method: post, need: maySend, run: deleteMass},
		"/cgi-bin/message/mass/speed/get": {method: post, need: maySend, run: getSpeed},
		"/cgi-bin/message/mass/speed/set": {method: post, need: maySend, run: setSpeed},

		"/cgi-bin/openapi/quota/get":   {method: post, run: getQuota},
		"/cgi-bin/openapi/quota/clear": {method: post, run: clearPathQuota},
		"/cgi-bin/openapi/rid/get":     {method: post, run: getRID},
		"/cgi-bin/clear_quota":         {method: post, run: clearQuota},
		"/cgi-bin/clear_quota/v2":      {method: post, auth: bySecret, run: clearQuotaBySecret},
	}
}

func (n need) allows(k Kind) bool {
	switch n {
	case mayPublish, maySend:
		return k != Personal
	case maySendByID:
		return k == Service || k == Test
	}
	return true
}
