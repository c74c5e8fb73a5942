// Package search makes the index that lets readers search a static site with no server: files that a browser fetches a few
// of. It knows no page and no folder; whoever has those hands them in as Articles and Files.
//
//	search/index.json                  the eras there are with their groups, the newest first
//	search/eras/30-1.0.bin  .1.bin     an era: which grams its articles hold, and of a rare one in which pieces
//	search/eras/30-1.0.more.bin  …     in which pieces the others are
//	search/52/25-52.titles.json        a group: every title in it, by piece, the newest first
//	search/52/22-421.json              a piece: titles and whole texts of up to PieceArticles articles
//
// A search begins with the titles of the newest group, which hold enough of a frequent word. Then it goes from era to era. A gram,
// two characters of Chinese or three of other scripts, that an era's table lacks is in none of its articles; one that is in few
// pieces leads straight there; and only where all are in many is the second file asked, which says for each in which. So a rare
// word costs a table of each era and the pieces that hold it. Tables are shared out over two files by the hash of the gram: of the
// two, the one is fetched that has more of what is asked for, and the other if that leaves many pieces. What is said of a piece is true but
// for a gram in two hundred or so that shares its key with another; the text decides.
//
// # Where an article is
//
// Pieces, groups and eras are stretches of the time at which articles were first published, in a tree of halves: 25-52 is the 52nd
// stretch of 2^25 seconds (388 days) since 1970, 24-104 and 24-105 are its halves. A piece is the largest stretch that has
// no more than PieceArticles articles, a group the largest with no more than GroupArticles, an era the largest with no more than EraGroups
// groups, so all are a pure function of which articles are live. One article that comes, changes or goes rewrites its piece, the
// titles of its group and the four files of its era, at most; now and then it parts one in two or joins two. Days or months would
// not do: who moves an old archive here publishes thousands of articles in an hour.
//
// Two files for a table, and no more, is what both ends can bear: a change of a text reaches each of them, because its grams are anywhere,
// while a search reads one of each era. Filters beside the groups, as there were before, cost a search for a rare word ten times
// the bytes, and parts of files cannot be asked for everywhere.
//
// # What is written from what
//
// Title, column and time come from the list of live articles. A text comes from the article's own page, for the article that changed;
// those beside it come out of the piece as it was, which is a read of one file instead of sixty, and of the page where the
// piece lacks them. What a group says of pieces that did not change is copied from the group as it was, and so are the lists of an
// era's tables: only grams that one state of the piece has and the other lacks are touched. A file that cannot be read counts as not
// there and is made anew; Rebuild believes nothing but lists and pages. Files are written before those that name them, and removed after,
// so that repeating what was cut off ends the same.
package search
