// Package sandbox is the understudy of the WeChat official-account server API: a server that answers as
// api.weixin.qq.com answers, keeps what it is given, and shows it on pages that a person can open. Nothing that reaches it
// goes any further. A published client works with it unchanged once its requests are sent here.
//
// A call passes these gates, in this order; each can refuse it:
//
//	           ┌ wait   ┌ secret or token ┌ daily   ┌ account ┌ lengths, ids,
//	request ──▶│ faults │ IP whitelist    │ minute  │ kind    │ allowance
//	           └───┬────┴────────┬────────┴────┬────┴────┬────┴──────┬─────▶ effect ──▶ reply
//	         errcode, http    4000x 40164   45009 45011  48001     4xxxx       │         │
//	                                                                           │   lost: timeout, reset, 502
//	                                                                           ▼
//	                                             job: 1 publishing ──▶ 0 | 2 | 3 | 4 ──▶ 5 | 6
//	                                                                      │
//	             callback ◀── signed, plain or AES, 5 s, three tries ◀────┘  lost, doubled, late, other kind
//
// Where the platform's behaviour is not documented the sandbox takes the case that is worse for the caller: a second
// submit of a draft whose publication is still running makes a second publication, stored HTML is not what was sent, and
// the event of a publication carries nothing that tells it from its repeat.
package sandbox
