// Package courier drives deliveries through their targets: it prepares early, fires on time, once, and finds out what
// became of it.
//
//	            claim (SQL, fenced; renewed while held)
//	              │
//	planned ──────┤ made ready once before, mode publish: is our marker among the publications? ─▶ live
//	              │ renditions ▸ uploads (cached by account and digest) ▸ after a lost answer: our draft, if it says what
//	              │ was approved, else intent ▸ draft/add ▸ read back ──▶ ready
//	              │
//	ready ────────┤ a few seconds early: late? quiet hours? website live? back from a backup: out since? ─▶ live
//	              │ an earlier call had no answer, mode publish: our marker among the publications? ─▶ live
//	              │ draft still as stored?  edited ─▶ blocked
//	              │                         gone ─▶ our marker among the publications ─▶ live (publish), else blocked
//	              │ ledger ▸ own timer to the instant ▸ no emergency stop ▸ INTENT COMMITTED
//	              │ ▸ freepublish/submit, or mass/sendall with a clientmsgid ▸ answer committed
//	              │        ├ yes, or 45065 with the job that exists ─▶ sent
//	              │        ├ clear no, and waiting helps (45011, 53501) ─▶ ready again
//	              │        ├ 40007 ─▶ as for a draft that is gone
//	              │        ├ any other clear no ─▶ blocked with reason and fix
//	              │        └ no clear answer, -1, 45066, 89504, 89505, a number nobody knows ─▶ unknown
//	              │
//	sending ──────┤ whoever stored the intent is gone: the answer is lost ─▶ unknown
//	              │
//	sent ─────────┤ event, question or list, as many as the day has left
//	              │        ├ done ─▶ live
//	              │        ├ refused or failed ─▶ blocked; released, it is made anew, a mass push under a new clientmsgid
//	              │        └ no result for a day ─▶ blocked; released, it is only asked about
//	              │
//	unknown ──────┤ publish: never repeated. The list of publications has our marker ─▶ live; otherwise, after ten
//	              │          minutes of looking, blocked: draft there, or draft gone.
//	              │ mass:    after a minute the identical call with the same clientmsgid, which WeChat answers with the
//	              │          existing job if there is one ─▶ sent. Not later than 23 hours after the first, nor more
//	              │          than a dozen times: then blocked, draft there or draft gone. Nor during an emergency stop, in
//	              │          quiet hours or too late, when it would send what was not sent: blocked, a person asks again.
//	              ▼
//	            release of the claim, nudge for the next moment
//
//	live ─────────┤ no claim. An event, or a look after an hour, a day and a week: deleted or banned ─▶ blocked; cancelled,
//	              │ it is retracted; released, it is looked at once more and never sent
//
//	blocked ──────┤ the call may have been made, or the draft is gone, and a person has seen in WeChat's console that it did go
//	              │ out ─▶ live, with nothing called; its article_id is found by the marker, by a later look or a retraction
//
// What every fault of WeChat leads to stands in the manual (package manual, /help/faults); TestManual runs each of its rows.
//
// A worker that lost its claim changes nothing: every change of state is a guarded UPDATE with the claim's fence. A worker
// that died while sending leaves the state sending behind; the next one to claim it treats the answer as lost. A worker that
// stops finishes the call that is under way, stores its answer, and leaves the rest to others at once.
//
// A nudge says which delivery to look at, and nothing else; one that is lost, doubled or stale costs time and no more. The
// sweep nudges what is due and unclaimed, and takes up by itself what stays so: Redis may be away, or be there and deaf.
//
// Every call that WeChat limits is counted before it is made, by the account at WeChat and its day (quota.go); one that is
// used up is not made. WeChat's own counts correct ours (askquota.go), and how often results are asked for is planned so that
// a day's questions and lists last for all its publications (polls.go).
//
// The marker is the address behind 阅读原文 (content_source_url): the article's page on the website with the delivery's
// id in its query. WeChat gives it back in every list, so that a draft or a publication can be recognised as ours.
package courier
