// Package office makes .docx files of the documents that only LibreOffice reads (.doc, .wps, .odt, .rtf), where it is
// installed.
//
// What people hand in is not trusted. LibreOffice runs as a child with a profile of its own that nothing survives in,
// without macros and without following what a document points to, with bounds on time, memory and what it may write, away
// from the network where the system lets it, and one document after another.
package office
