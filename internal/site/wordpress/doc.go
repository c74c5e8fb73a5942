// Package wordpress brings articles to a WordPress that somebody already runs, through its REST API with an application
// password (WordPress 5.6 and newer).
//
// One article is one post. Its slug is made of the article's id, so that its address is known before it is there
// (…/?name=news-…, which WordPress answers under every setting of permalinks and redirects to the pretty one), and so that it
// is found again by whoever has lost the note of it.
//
//	look ──────▶ the posts with the article's slug, in the trash too: the one of the note, or else the oldest
//	   │           ├ as we left it, or as our last call without an answer would have left it ─▶ write
//	   │           ├ edited, made private or a draft, in the trash, deleted ─▶ a person is asked; what they agreed to, and
//	   │           │                                                          nothing else, is overwritten
//	   │           └ none ─▶ write
//	   ▼
//	photos ────▶ noted and there? else found by the slug made of their digest? else uploaded ─▶ noted
//	category ──▶ as the options say, or else found by name below its parent, or else made
//	author ────▶ as the options say
//	   ▼
//	intent noted ▸ post created or updated ▸ note of its id, of what WordPress says it now holds, and of its address
//
// Within the hour before an article is due, Prepare brings its photos ahead: they hang on a draft that has the
// article's title alone, which Publish then fills and publishes, and Remove deletes with all that hangs on it. WordPress names them
// to nobody until then. Attachments keep their names in its uploads folder, where they could be guessed: they come with the post.
//
//	photos ──────▶ one copy for all articles, by digest; they stay when an article goes
//	attachments ─▶ the article's own, hung on its post; they go when it drops them, or is taken down
//
// Every call may be cut off before, during and after, and everything may be repeated. A second post can only come about
// when a call that was given up is carried out after all. WordPress then gives the later one another slug (…-2), by which it
// is known: at once, when it is the one that was just made, or with the next correction or retraction, which take it down.
//
// What WordPress stores is not always what it was sent: it cleans what people without unfiltered_html write, and plugins do
// as they like. So what was written is noted from its answer.
//
// No redirect is followed, so that the password goes nowhere but to the address that was entered. Only GET and POST travel,
// since many firewalls know no other; what deletes says so in a header (X-HTTP-Method-Override). Of answers, what is read is
// bounded, and what is kept of the server's words has neither markup nor the password in it.
package wordpress
