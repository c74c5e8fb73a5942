// Package compare says what differs between two contents of an article, for a person who has read the one and is asked
// to sign the other: the short fields, the cover, and the body block by block, with the words that came and went, the
// photos that were exchanged and the parts that stand elsewhere now. Its answers are data; pages draw them.
//
// Blocks are aligned in three steps. Equal blocks are matched first, in the order that keeps the most text in place.
// What lies between two matches is paired by likeness, so that an edited paragraph is one that changed and not one
// removed and another added. What is left over on both sides and is the same, or nearly, has been moved.
//
// Inside a pair the words are compared as people read them: a Chinese character by itself, a Latin word or a number as
// a whole; small coincidences between two rewritten phrases are not kept apart.
//
// Time and memory are bounded whatever the sizes: work is taken from an allowance, and where it is used up the answer
// is coarser (whole sentences, whole blocks), and says so. It does not depend on the clock.
package compare
