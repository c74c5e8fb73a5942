// Package export makes of an article what people carry to systems that Newsdesk cannot speak to: one zip from which a form of
// theirs is filled in with a few pastes.
//
//	2024-08-16-标题.zip
//	├─ fields.txt                 title, digest, column, credits, dates, captions in order
//	├─ paste.html                 the body to copy and paste; photos are marked 【图1】
//	├─ page.html                  the same with the photos in their places
//	├─ article.docx               for systems that take Word files, and for everybody else
//	├─ article.md                 Markdown with front matter
//	├─ 附件/                       the attachments, as they are
//	├─ photos/1600/01-会场.jpg     each size in a folder, in the order of the body
//	├─ photos/960/01-会场.jpg
//	└─ cover/900x383.jpg          the cover in its two shapes
//
// It is written while it is made: beside the text, one photo at a time is in memory. Equal articles give equal bytes: no clock
// is asked, and every part bears the date of the article. Whatever can fail for a reason that a person should read is done by
// Prepare, before the first byte.
package export
