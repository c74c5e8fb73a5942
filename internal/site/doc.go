// Package site is the static website target: a folder of files that any web server can serve, kept in step with the
// articles that are live.
//
//	index.html  404.html  410.html  robots.txt  feed.xml  feed.json  sitemap.xml
//	a/2026/11/<id>.html          an article; the address depends on its identifier alone and never changes
//	a/2026/11/<id>.html.gone     empty: the article was taken down, its address answers 410 with 410.html
//	all/                         every article            index.html, page/1.html, page/2.html …
//	c/                           the tree of columns
//	c/新闻资讯/集团新闻/            a column, sub-columns included   index.html, page/1.html …, feed.xml, feed.json
//	sitemap/2026-11.xml          the articles published in that month; sitemap/pages.xml the lists
//	search.html  opensearch.xml  the page on which readers search, and how browsers find it
//	search/                      what it searches, in pieces; see package search
//	p/ab/<digest>.jpg            photos, named by the digest of their bytes
//	assets/site.<hash>.css  article.<hash>.js  and the like, named by their content
//	site-state.css               what the whole site is in, such as grey; the only file that a day changes
//	.newsdesk/                   lock, unfinished files, what a correction has left to tidy up; never served
//
// The folder is a pure function of the articles and the Archive: publishing one by one and rebuilding everything give the
// same bytes, and an operation that was cut off anywhere is finished by repeating it.
//
// A reader never meets half a page or a dead link, because each file is written aside, synced and renamed over the old
// one, and because files are written before the pages that name them and removed after:
//
//	Publish:  photos ──▶ article page ──▶ previous and next ──▶ lists ──▶ feeds, sitemap, front page, search
//	Remove:   previous and next ──▶ lists ──▶ feeds, sitemap, front page, search ──▶ mark ──▶ article page ──▶ photos
//
// A file whose bytes would stay the same is left alone, so that what one article does not change keeps its time stamp,
// its place in caches and in rsync. List pages are numbered from the oldest article, so that a full page changes no more:
//
//	oldest                                                     newest
//	│ page/1.html │ page/2.html │ … │ page/k.html │    index.html    │
//	   PageSize      PageSize          PageSize     PageSize … 2·PageSize-1
//
// Readers may find the website at a Place instead of the folder. What changes is noted first, and an operation ends when the
// place has it; place.go says in which order, placenotes.go what survives a crash.
//
// What a page is about (column, time, photos) can be read back from its own structured data; there is no second record
// that could disagree with it.
package site
