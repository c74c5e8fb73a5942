package site

import (
	"context"
	"iter"
)

// Place is somewhere else where readers find the website: a bucket, or a folder on another machine. The website's own
// folder comes first always; what changes in it is noted before it changes, and brought to the place afterwards:
//
//	photos, assets ──▶ new pages ──▶ articles ──▶ lists, sitemap, search ──▶ front page, feeds ──▶ what is gone: pages, lists, photos
//
// Everything may be repeated. What fails is a *press.PageFault with the place's own words where it has some; a context that
// ended may come back as it is.
type Place interface {
	// ID says which place this is; it holds no secret. A place with another one gets everything anew.
	ID() string
	// ReadsMarks reports whether whoever serves the place understands a mark beside an address, which says that the article
	// there was taken down. Where nobody does, the page that says so takes the article's address.
	ReadsMarks() bool
	// Put brings files there. They lie below dir under their names. A file that is there stays whole until the new one is.
	Put(ctx context.Context, dir string, files []File) error
	// Remove takes files away, and folders that are named and empty; those that are not there are no failure.
	Remove(ctx context.Context, names []string) error
	// Compare calls stale with the name of each file that is not there as it should be, and of each that is in one of the
	// website's own folders there and should not be. The wanted files come in the order of their names' bytes.
	Compare(ctx context.Context, c Comparison) error
	// Check tries whether files can be brought there and taken away.
	Check(ctx context.Context) error
}

// File is one of the website's files on its way to a place.
type File struct {
	Name         string // with slashes, relative to the website
	Path         string // on this machine; its bytes stay as they are while it is used
	Size         int64
	ContentType  string
	CacheControl string
	Disposition  string // what a browser does with it, as in HTTP; "": it shows it
}

// Comparison is what a place must hold.
type Comparison struct {
	Dir   string // holds every wanted file, and may change meanwhile
	Want  iter.Seq2[File, error]
	Own   []string // folders that hold nothing but the website's files
	Stale func(name string) error
}
