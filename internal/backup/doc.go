// Package backup keeps a whole Newsdesk in one file and brings it back: every row of one moment of the database, and the
// bytes that those rows name. It is made while everything runs, and does not depend on the kind of database or storage.
//
// The file is a tar. What is read first says whether the rest can be understood; what is written last says that it is whole:
//
//	newsdesk-backup.json        the form, the schema's version, when, by which Newsdesk
//	rows/articles/000001.jsonl.gz …  the columns' names, then one row a line; a part is about a megabyte
//	blobs/9f86d081884c7d65…     one original or rendition, under its own SHA-256
//	secret.key                  only if asked for: it opens the accounts' secrets
//	manifest.json               every part with its SHA-256, and how many of everything
//
// Rows come first and blobs after them. A blob is kept before the row that names it and is never taken away, so a blob that
// is named is there, and one more does no harm.
//
// A restore reads the file twice. The first time it only checks, and nothing has been written when it refuses. Then:
//
//	note in the database ─▶ blobs ─▶ rows, in one transaction ─▶ migrations ─▶ deliveries settled, note gone, in one
//	       │                                                                          transaction
//	       └── while the note stands the database serves nobody; the same command goes on where it was broken off
//
// The sums find a file that is cut, mixed up or damaged. They do not prove who made it: whoever can write the file can write
// its manifest. Keep the fingerprint (the manifest's SHA-256, which both commands print) apart from the file where that matters.
package backup
