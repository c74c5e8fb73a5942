// Package config reads Newsdesk's settings and hands them on as one plain, checked value.
//
//	built-in defaults ─┐
//	newsdesk.yaml ─────┤  viper     ┌─ every text parsed by its key's type
//	NEWSDESK_… ────────┼─ merges ──▶┤                                       ──▶ derived ──▶ checked ──▶ Config
//	command flags ─────┘            └─ every fault collected, none hides another
//
// Later sources win, key by key. A key is written sql.dsn in sentences, as nested sections in the file, and as
// NEWSDESK_SQL_DSN in the environment; an entry of a list has its number in the name: NEWSDESK_ACCOUNTS_0_SECRET. Next to
// every secret stands a key with _file at its end, which names a file that holds the secret.
//
// The struct tags of Config are the only list of keys: the reader, the checker, the dump and the test that compares
// configs/newsdesk.yaml with the program all walk them.
package config
