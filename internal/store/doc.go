// Package store keeps Newsdesk's rows: people, photos, articles, reviews, editions, deliveries and the audit log, in
// SQLite or in PostgreSQL. SQL is the truth; queues and caches elsewhere may be lost at any moment.
//
// One exported method is one transaction, with one "now" (UTC, whole microseconds), and a change of state writes its
// audit entry in that same transaction. One query text serves both databases; what differs is in sqlite.go and
// postgres.go, and one suite of tests runs on both.
//
// Who may change a delivery is settled by its fencing number. A claim raises it, and so does a person's decision, which
// drops the claim as well. A worker's every UPDATE names the number it was given:
//
//	worker A ── ClaimDelivery ─▶ fence 1 ───────────────── Advance WHERE fence = 1 ─▶ no row: delivery.fenced
//	                               │                                    ▲
//	person   ──────────────────────┴─ ChangeDelivery ─▶ fence 2, no claim
//	                                                       │
//	worker B ──────────────────────────── ClaimDelivery ─▶ fence 3 ── Advance WHERE fence = 3 ─▶ done
//
// Rows are locked in one order everywhere, so that no two transactions wait for each other: editions, then articles by
// identifier, then deliveries by identifier. SQLite has one writer at a time anyway.
//
// Times are stored as microseconds since 1970, NULL where there is none; small lists as JSON text; columns of the
// website as their names, each ended by U+001F, so that a column and everything below it are one exact range of keys.
package store
