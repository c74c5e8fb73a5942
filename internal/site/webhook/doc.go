// Package webhook is the website target for those who program: each change of an article goes as one signed request to an
// address of theirs, with everything that a page needs.
//
//	                    ┌ Idempotency-Key: 7d0c…      the same in every repetition
//	POST address ───────┤ Newsdesk-Event: publish     publish, correct, retract; test when somebody tries the connection
//	                    └ Newsdesk-Signature: t=1723770123,v1=<hex of HMAC-SHA256(secret, t + "." + body)>
//	{"version":1, "event":"publish", "id":"7d0c…", "sequence":1, "target":"cms", "sent_at":"…",
//	 "article":{"id":"…","revision":3,"hash":"…","title":"…","column":["…"],"credits":{…},"html":"…","markdown":"…","text":"…",
//	            "photos":[{"number":1,"digest":"…","width":1600,"height":1067,"alt":"…","caption":"…","url":"…"}],…}}
//
// # Receiving
//
// Read the body whole and compute the signature over t, a dot and those bytes before anything is parsed; compare in constant
// time; refuse a t more than [Window] away from your clock. Keep the keys you have dealt with for a day: a request may come
// twice. Then put the article in place of what you have under article.id, whether the event is publish or correct, unless
// you have seen a higher sequence of it; for retract take it down.
//
// # Answering
//
//	2xx           done; {"url":"https://…","id":"…"} in the answer tells staff where the page is
//	409           {"seen":"…"}: the page was edited on your side; staff are asked, and if they agree the request comes again
//	              with "overwrite" holding that seen
//	408 425 429   tried again later, with growing pauses; Retry-After is heeded
//	5xx           the same
//	410           this address takes no more; staff are asked
//	else          staff are asked, and read the first words of the answer
//
// Redirects are not followed. An address may lead into the private network only where the configuration allows it.
//
// # Photos
//
// A photo's url is served by Newsdesk itself. It is signed, needs no token, and holds for [PhotoLifetime]: fetch photos when
// the request comes. Receivers that cannot reach Newsdesk are given the option photos=inline: each photo then has its bytes in
// data, as base64, in a moderate size, and in the HTML it is named photo:1, photo:2 and so on.
//
// Attachments are files that readers can fetch under the article, in order: a name, its SHA-256 digest, type and size, and as
// photos have it a signed url, or with photos=inline the bytes in data. They are not named in the HTML.
package webhook
