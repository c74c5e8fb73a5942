// Package place brings the website to where readers find it: a bucket of S3-compatible storage, or a folder on another
// machine by rsync over ssh. Package site says what and in which order; this package says how, and why it did not work.
//
// A bucket is written object by object, each whole. It answers with the page itself, whatever the page is: who serves it
// reads no marks, so an article that was taken down leaves the page that says so under its address.
//
// rsync and ssh are the system's own programs, run as children without a shell: names go through a pipe, ended by zero
// bytes; the key, the host's key and every setting of ssh are given, none is looked for. rsync writes each file beside its
// place and renames it, also when it is killed.
//
// All failures are *press.PageFault. Those that a person must mend are of press.ClassConfig; the others pass, and are tried
// again.
package place
