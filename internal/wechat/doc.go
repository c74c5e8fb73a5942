// Package wechat speaks to WeChat official accounts through github.com/silenceper/wechat/v2. An [Account] is one account:
// its uploads, drafts, publications, mass pushes, quotas and callback. Every call takes a context, has a deadline and a
// limit on the answer's size, and fails with a *press.Refusal that says what can be done about it and holds no secret.
//
// The SDK has one HTTP client for the whole process, its typed calls take no context, and its errors quote whole addresses.
// So no call of ours hands it the access token. It gets a ticket, a random word made for one call; the client's transport,
// installed once, knows which call a ticket belongs to:
//
//	Account ── ticket, obj ──▶ SDK ── api.weixin.qq.com?access_token=TICKET ──▶ switchboard
//	   ▲                                                                            │ ticket → exchange
//	   │                                                                            ▼
//	   └── verdict from the kept answer ◀── answer ≤ 4 MB ◀── BaseURL?access_token=… with the call's context
//
// Several accounts with different addresses therefore work side by side, a cancelled context ends an SDK call at once, an
// error of the SDK holds nothing worth stealing, and the verdict is read from the answer as it came, whatever the SDK made
// of it.
//
// The SDK's own calls are used where they carry every field: the stable token, AddMaterialFromReader, DeleteDraft,
// CountDraft, freepublish Delete and Paginate, broadcast Delete, GetAPIQuota, and for callbacks its signature and AES. Own
// requests go through its HTTP helpers where they do not:
//
//	media/uploadimg        the SDK reads from a path only and sends the full path as the file's name
//	draft/add              no crops (pic_crop_*, cover_info), no article_type
//	draft/get, batchget    no preview address, no crops
//	freepublish/submit     decodes publish_id as int64: a quoted id is an error after the article is out; no msg_data_id
//	freepublish/get        the same id
//	mass/sendall           no clientmsgid: two sends after a timeout
//	mass/get               decodes msg_id as int64, though it is documented as text
//	mass/preview           Preview() marks a shared object for ever and can end in a send to all followers
//	callback               no freshness, no replay check, no article addresses, MsgID lost, messages written to a log
//
// # Answers that are not answers
//
// Calls differ in what an unclear outcome (timeout, broken connection, status other than 200, code -1, an answer that
// cannot be read) means. A read may be repeated. A call whose repetition does no harm may be repeated later. A call that
// makes or removes something is press.ClassDone: the effect may exist, so the caller looks before anything is repeated. A
// connection that was never made is the one proof that nothing was sent.
//
// # Token
//
//	cache ──hit──▶ token          Redis: shared by all processes; otherwise in this process
//	  │ miss
//	  ▼
//	lock (Redis, 20 s) ──held by another──▶ read the cache again until it is there
//	  │ mine
//	  ▼
//	stable_token ──▶ cache, expires_in − 300 s, at least 1 s
//
// A token refused in use (40001, 40014, 42001) is dropped if it is still the cached one, and fetched again; if the platform
// hands out the very same token, one forced refresh is asked for, at most one a minute. Then the call is repeated once.
package wechat
