// Package script holds the newsroom's scripts: TypeScript in src, built from npm by "make assets" into dist. A program that
// is compiled without them works all the same: its pages are plain forms.
package script

import "embed"

// Built is dist: app.js for every page, editor.js for the editor, and their compressed forms; code.js and variants.txt for the website.
// Empty where nothing was built.
//
//go:embed all:dist
var Built embed.FS
