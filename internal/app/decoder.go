package app

import (
	"os"
	"runtime/debug"

	"newsdesk/internal/photo"
)

// decoder is the command that opens HEIC and AVIF photos apart from this process: the program newsdesk again. Other programs that
// hold an App, such as tests, are not started a second time; they open such photos themselves.
func decoder() []string {
	info, ok := debug.ReadBuildInfo()
	self, err := os.Executable()
	if !ok || err != nil || info.Path != "newsdesk/cmd/newsdesk" {
		return nil
	}
	return []string{self, photo.DecoderCommand}
}
