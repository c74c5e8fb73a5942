package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// The first publish_id and msg_data_id: live ones are just above 2^31, so a client that keeps them in 32 bits fails here
// as it fails there.
const firstJobID = 2247483648

func randomText(n int) string {
	b := make([]byte, (n*3+3)/4)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)[:n]
}

func newToken() string   { return "96_" + randomText(133) }
func newMediaID() string { return randomText(64) }
func newPageID() string  { return randomText(22) }

// derivedID makes a stable name for something of an account, so that a restart without a state file keeps it.
func derivedID(prefix, appid string, n int) string {
	sum := sha256.Sum256([]byte(prefix + appid))
	return prefix + hex.EncodeToString(sum[:])[:n]
}
