package backup

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// Format is the form of file that this program writes, and the newest it reads.
const Format = 1

// Names in the tar.
const (
	headName     = "newsdesk-backup.json"
	manifestName = "manifest.json"
	keyName      = "secret.key"
	blobPrefix   = "blobs/"
)

var partName = regexp.MustCompile(`^rows/([a-z][a-z0-9_]{0,62})/[0-9]{6}\.jsonl\.gz$`)

// Bounds of what is read, far above what Newsdesk writes.
const (
	maxHead     = 64 << 10
	maxManifest = 64 << 20
	maxKey      = 4 << 10
	maxParts    = 200_000
	maxPart     = 96 << 20 // of rows, compressed or not
	maxRows     = 64 << 30 // of all rows, uncompressed
	maxBlob     = 2 << 30
	maxBlobs    = 20_000_000
)

// partBytes is how much a part of rows holds before the next one begins. A single row may be larger.
const partBytes = 1 << 20

// Key says where the key is that opens the secrets in the rows.
type Key string

// Where it may be.
const (
	KeyNone     Key = "none"     // nothing has been sealed with a key file
	KeyApart    Key = "apart"    // in a file or in the configuration; it must be kept beside the backup
	KeyIncluded Key = "included" // in this file
)

// Head is what a backup is of.
type Head struct {
	Format     int       `json:"format"`
	Schema     int64     `json:"schema"`
	Made       time.Time `json:"made"`     // the moment that the rows are of
	Newsdesk   string    `json:"newsdesk"` // the version that made it
	Database   string    `json:"database"` // the kind it was made from
	Renditions bool      `json:"renditions"`
	Key        Key       `json:"key"`
}

// Manifest is what a backup holds.
type Manifest struct {
	Head
	Parts  []Part         `json:"parts"`
	Rows   map[string]int `json:"rows"` // by table
	Blobs  Blobs          `json:"blobs"`
	KeySum string         `json:"key_sha256,omitempty"`
	// Lost are blobs that rows name and that could not be read whole when the backup was made.
	Lost []press.Digest `json:"lost,omitempty"`

	// Fingerprint is the manifest's own SHA-256, which covers everything in the file.
	Fingerprint string `json:"-"`
}

// Part is one part of a table's rows.
type Part struct {
	Name  string `json:"name"`
	Sum   string `json:"sha256"`
	Bytes int64  `json:"bytes"`
	Rows  int    `json:"rows"`
}

// Blobs are counted; each is named by its own sum. Sum is that of all names in their order.
type Blobs struct {
	Count int    `json:"count"`
	Bytes int64  `json:"bytes"`
	Sum   string `json:"sha256"`
}

// tableOf returns the table that a part of rows is of.
func tableOf(name string) (string, bool) {
	m := partName.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// blobOf returns the digest that an entry's name promises.
func blobOf(name string) (press.Digest, bool) {
	rest, ok := strings.CutPrefix(name, blobPrefix)
	d := press.Digest(rest)
	return d, ok && d.Valid()
}

// named are the columns by which rows name blobs, by table.
func named() map[string]string {
	return map[string]string{"photos": "digest", renditions: "digest", "attachments": "digest"}
}

const renditions = "renditions"

func decodeStrictly(data []byte, into any) error {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("something comes after it")
	}
	return nil
}

// Refusals. None of them has written anything.

func notOurs(err error) error {
	return press.Fail(press.Invalid, "backup.foreign", press.Say(
		"This is no backup of Newsdesk.", "这不是 Newsdesk 的备份文件。")).Because(err)
}

func newerFormat(have int) error {
	return press.Fail(press.Unsupported, "backup.format", press.Say(
		"The backup has form %d, this Newsdesk reads up to %d; install the newer one.",
		"备份文件的格式版本为 %d，本程序支持到 %d，请安装新版 Newsdesk。", have, Format))
}

func cut(err error) error {
	return press.Fail(press.Invalid, "backup.cut", press.Say(
		"The backup breaks off before its end; it was not copied whole, or making it was broken off.",
		"备份文件不完整：复制或制作过程中断。")).Because(err)
}

// damaged names what is not as the manifest says.
func damaged(name string, err error) error {
	return press.Fail(press.Invalid, "backup.damaged", press.Say(
		"The backup is damaged or was changed: %q is not what its manifest says.", "备份文件已损坏或被改动：%q 与清单不符。", clip(name))).Because(err)
}

func excessive(name string) error {
	return press.Fail(press.TooLarge, "backup.excessive", press.Say(
		"The backup holds something larger than any Newsdesk writes (%q); it was not read further.", "备份文件中 %q 的大小超出正常范围，已停止读取。", clip(name)))
}

func clip(name string) string {
	const most = 100
	runes := []rune(strings.ToValidUTF8(name, "?"))
	return string(runes[:min(len(runes), most)])
}
