// Package style holds the newsroom's looks: tokens (colour, type, space), the components every page is made of, a file for
// each room, and the icons. The files are joined into one sheet when the program starts; nothing has to be built.
package style

import "embed"

// Files are the sheets and icons.svg.
//
//go:embed *.css icons.svg
var Files embed.FS
