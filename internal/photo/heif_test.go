package photo

import (
	"os"
	"testing"
)

// This test program is a decoder too, as Newsdesk itself is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == DecoderCommand {
		if err := ServeDecoder(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}
