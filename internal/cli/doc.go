// Package cli is the commands of newsdesk. There are three families, which differ in what they talk to:
//
//	serve, worker, demo, preview        assemble the parts in this process      internal/app
//	migrate, user, token, config        work on the database and settings       internal/store, internal/config
//	submit, article, edition, delivery, speak to a running server by token      internal/api's client
//	render, health
//
// A command reads its flags, calls one thing and prints. What it prints for people goes to standard output in their
// language, errors go to standard error as one sentence, and the exit code tells a script the kind of error.
package cli
