// Package search makes the index that lets readers search a static site with no server: files that a browser fetches a few
// of. It knows no page and no folder; whoever has those hands them in as Articles and Files.
//
//	search/index.json                  the groups there are, the newest first
//	search/52/25-52.titles.json        a group: every title in it, by piece, the newest first
//	search/52/25-52.0.bin  .1.bin      for each piece of the group, which pairs of characters its articles hold
//	search/52/22-421.json              a piece: titles and whole texts of up to PieceArticles articles
//
// A search looks through the titles of all groups first, twenty at a time, and then, where pairs of characters say that a piece
// may hold what is looked for, through its texts. A frequent word is found in the newest group and piece; a rare one costs the
// titles, half of the pairs (they are shared out over two files by their hash, and what is asked for has more of them in one) and a
// piece or two. The filters are Bloom filters with five hash functions and 7.2 bits a pair, of which one in 31 says yes by mistake.
//
// # Where an article is
//
// Pieces and groups are stretches of the time at which articles were first published, in a tree of halves: 25-52 is the 52nd
// stretch of 2^25 seconds (388 days) since 1970, 24-104 and 24-105 are its halves. A piece is the largest stretch that has
// no more than PieceArticles articles, a group the largest with no more than GroupArticles, so both are a pure function of
// which articles are live. One article that comes, changes or goes rewrites its piece and the three files of its group; now
// and then it parts one in two or joins two. Days or months would not do: who moves an old archive here publishes thousands
// of articles in an hour.
//
// # What is written from what
//
// Title, column and time come from the list of live articles. A text comes from the article's own page, for the article that changed;
// those beside it come out of the piece as it was, which is a read of one file instead of sixty, and of the page where the
// piece lacks them. Sections of a group that did not change are copied from the group as it was, by the digest of their piece. A
// file that cannot be read counts as not there and is made anew; Rebuild believes nothing but lists and pages. Files are written before those that name
// them, and removed after, so that repeating what was cut off ends the same.
package search
