// Package queue is the Redis queue: asynq on go-redis, used as a nudge and as nothing more.
//
//	SQL (the truth)                         Redis (the nudge)
//	commit: state, audit, next_at  ──then──▶ "delivery <id> wants a look at <time>"
//	        ▲                                        │
//	        │ claim, guarded by a fence              ▼
//	        └──────────────────────────────── a worker, any of them
//	sweep: what is due and not moving ──────▶ nudged again
//
// A task carries an id and no content. It is never retried by asynq and never kept: attempts, claims and retries belong
// to SQL, because asynq may run a finished task again after a Redis fault and needs a minute or two to notice a dead
// worker. A worker that gets a nudge it cannot claim simply drops it. So losing Redis, wholly and at the worst moment,
// loses nothing and repeats nothing.
package queue
