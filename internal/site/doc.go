// Package site is the static website target: a folder of files that any web server can serve, kept in step with the
// articles that are live.
//
//	index.html  404.html  410.html  robots.txt  feed.xml  feed.json  sitemap.xml
//	a/2026/11/<id>.html          an article; the address depends on its identifier alone and never changes
//	a/2026/11/<id>.html.gone     empty: the article was taken down, its address answers 410 with 410.html
//	all/                         every article, newest in index.html, older ones by year and month, archive.html names those
//	c/                           the tree of columns
//	c/新闻资讯/集团新闻/            a column, sub-columns included, in the same files; each list has feed.xml, feed.json
//	sitemap/2026-11.xml          the articles published in that month; sitemap/pages.xml the lists
//	search.html  opensearch.xml  the page on which readers search, and how browsers find it
//	search/                      what it searches, in pieces; see package search
//	p/ab/<digest>.jpg            photos, named by the digest of their bytes
//	p/ab/<digest>/名单.pdf        attachments, in a folder named so
//	assets/site.<hash>.css  article.<hash>.js  and the like, named by their content
//	site-state.css               what the whole site is in, such as grey; the only file that a day changes
//	.newsdesk/                   lock, unfinished files, what a correction or a rebuild has left to do; never served
//
// The folder is a pure function of the articles and the Archive: publishing one by one and rebuilding everything give the
// same bytes, and an operation that was cut off anywhere is finished by repeating it.
//
// A reader never meets half a page or a dead link, because files are written aside, synced, those of one class together, and
// renamed over the old ones, and because files are written before the pages that name them and removed after:
//
//	Publish:  photos, attachments ──▶ article page
//	Refresh:  previous and next ──▶ lists ──▶ sitemap, columns, front page, search
//	Remove:   previous and next ──▶ lists ──▶ sitemap, columns, front page, search ──▶ mark ──▶ article page ──▶ photos, attachments
//
// Refresh follows Publish once the archive counts the article as live. A file whose bytes would stay the same is left
// alone, so that what one article does not change keeps its time stamp, its place in caches and in rsync.
//
// Pages of a list are cut by time, not by number. Cut by number, an article that is taken from the middle, or put there,
// moves those after it from page to page, through the whole archive. Cut by the calendar, a page is a function of its own
// stretch of time:
//
//	2024.html                    a year with few articles (at most twice Config.PageSize) is one page
//	2025.html                    of a year with more it names the months
//	2025-11.html                 a month with few articles
//	2025-12.html                 of a month with more it names the parts
//	2025-12/01-15.html           the month is halved, and the halves again, until each has few; below a day by the clock
//	index.html                   the newest, whatever their months
//
// So a change writes one page of each list that the article is in, wherever it stands there. Now and then it cuts a page in
// two or joins two; then the pages beside are told. How many articles there are is never counted, and where an article
// stands never asked: whether a stretch of time has few articles is a question to the index that reads as many entries as
// the answer has (see calendar). Addresses of years and months stay as long as there is such a page; who has kept one of a
// part that is no more, or of the numbered pages of earlier versions, is sent to the nearest there is (see moved.go).
//
// An article's address is made of its identifier alone. A changed title, column or date moves no page, so no address of an
// article ever needs to lead to another.
//
// Readers may find the website at a Place instead of the folder. What changes is noted first, and an operation ends when the
// place has it; place.go says in which order, placenotes.go what survives a crash.
//
// What a page is about (column, time, photos) can be read back from its own structured data; there is no second record
// that could disagree with it.
package site
