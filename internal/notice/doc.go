// Package notice brings a message to people: by e-mail, to a group through its robot (企业微信, 钉钉, 飞书), or to a program
// by a signed webhook. It knows nothing of queues, retries or rows; it sends once, within a bounded time, and says what the
// other side answered.
//
//	message ──▶ words: title, sentences, facts, links ──┬─ mail      SMTP, STARTTLS or TLS
//	                                                    ├─ wecom     POST text            {"errcode":0}
//	                                                    ├─ dingtalk  POST text, signed    {"errcode":0}
//	                                                    ├─ feishu    POST rich text       {"code":0}
//	                                                    └─ webhook   POST JSON, signed    any 2xx
//
// Robots answer 200 whatever they think of a message; what counts is the number in the answer. A *press.NoticeFault says
// what is wrong and what to do about it, and whether the message may have arrived all the same. Then it must be sent again
// under its own identifier, which a mail carries as its Message-ID and a webhook in X-Newsdesk-Delivery, so that a receiver
// can drop the second. A robot shows both: its vendors have no such thing.
//
// # Verifying a webhook
//
// The request carries
//
//	X-Newsdesk-Delivery:  the message's identifier, the same in every repetition
//	X-Newsdesk-Timestamp: seconds since 1970
//	X-Newsdesk-Signature: v1=<hex of HMAC-SHA256(secret, timestamp + "." + body)>
//
// A receiver computes the signature over the timestamp's text, a dot and the raw body, before it parses anything; compares
// it in constant time; refuses timestamps more than five minutes away; and keeps the identifiers it has seen for a day. See
// ExampleSignature.
//
// # Where it may connect
//
// Addresses are typed by administrators, so a connection is made only to public addresses, unless the configuration allows
// the private network; robots only to their vendors' hosts, or to those the configuration names. Redirects are not
// followed. What comes back is read up to a limit.
package notice
