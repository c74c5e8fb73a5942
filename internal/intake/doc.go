// Package intake understands a parcel: one document with its photos becomes the draft of an article, made of blocks.
//
//	files ──sort──▶ document ──decode──▶ text ──┬─ .txt ─────────────────────┐
//	   │                │                       ├─ .md ──goldmark──▶ HTML ─┐ │
//	   │                │                       └─ .html ──────────────────┴─┤
//	   │                └────── .docx: styles, numbering, body, pictures ────┴▶ pieces ──▶ title, column, credits, blocks
//	   └────────▶ photos ◀──────────── matched by name ─────────────────────────────┘
//
// Documents are parsed, never cleaned: a reader builds blocks out of what it understands, and the rest (scripts, styles,
// frames, addresses that are not safe) does not exist afterwards. What a person should know about a parcel that was
// taken all the same is a note; only what cannot become an article at all is refused.
//
// The package is pure. It reads the files it is given and nothing else: no network, no storage, no clock. Everything is
// bounded before it is parsed.
package intake
