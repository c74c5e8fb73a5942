//go:build unix

// Package drill runs the real programs as processes, hurts them, and judges what came of it. It is for tests alone.
//
//	                    ┌───────────── hooks: a test stops the world at any of these moments
//	                    │
//	worker A ──HTTP──▶ Gate ──▶ wechat-sandbox ──events──▶ Gate ──▶ serve
//	   │  └────SQL────▶ Wire ──▶ PostgreSQL (a database for each World) or a SQLite file
//	   └─────Redis────▶ Link ──▶ redis-server
//
// A World is one office: a database with approved articles in it, a sandbox, a Redis, and the processes that the test asks
// for. Schedule composes editions as the desk does, Judge reads the sandbox's own log and says for each delivery how many
// irrevocable calls had an effect, whether readers got what was signed, and whether the delivery reached an end.
//
//	w := drill.New(t, drill.Options{Database: drill.Postgres})
//	w.Start(drill.Serve("--no-workers"), drill.Worker, drill.Worker)
//	w.Hook(drill.Call("/freepublish/submit", drill.Answered, 1), func(p *drill.Process) bool { p.Kill(); return false })
//	d := w.Schedule(press.ModePublish, 2*time.Second)
//	w.Await(d.ID, 20*time.Second)
//	w.Judge(t).Must(t, w)
//
// A moment is hit exactly: the Gate and the Wire hold the request, the COMMIT or its answer until the hook returns. A hook
// that returns false has the message dropped. SQLite speaks with nobody that could hold a commit back; there, LockSQLite
// holds every writer in front of its transaction, which is the moment before it, and the next call that the Gate sees is the
// moment after.
//
// Nothing is left behind: processes are killed with the test, and with the test program should that die.
package drill
