package intake

import (
	"archive/zip"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
)

// packedEntry is an entry of a zip's list, and where its bytes begin.
type packedEntry struct {
	*zip.File
	offset int64 // -1: damaged
}

// entryFile is an entry as a file of its own. The zip is opened again for each, so that nothing is held between readings.
func entryFile(archive File, e packedEntry, name string) (File, error) {
	if e.Method != zip.Store && e.Method != zip.Deflate {
		return File{}, zip.ErrAlgorithm
	}
	at := e.offset
	if at < 0 || at+int64(e.CompressedSize64) > archive.Size {
		return File{}, zip.ErrFormat
	}
	size, packed, sum, stored := int64(e.UncompressedSize64), int64(e.CompressedSize64), e.CRC32, e.Method == zip.Store
	if stored && size != packed {
		return File{}, zip.ErrFormat
	}
	open := func() (io.ReadCloser, error) {
		whole, closer, err := openAt(archive)
		if err != nil {
			return nil, err
		}
		section := io.NewSectionReader(whole, at, packed)
		entry := entryReader{from: section, left: size, sum: crc32.NewIEEE(), want: sum, closers: []io.Closer{closer}}
		if stored {
			return &storedEntry{entryReader: entry, section: section}, nil
		}
		inflated := flate.NewReader(section)
		entry.from, entry.closers = inflated, append(entry.closers, inflated)
		return &entry, nil
	}
	return File{Name: name, Size: size, Open: open}, nil
}

// entryReader reads an entry, and no more than its zip says it has.
type entryReader struct {
	from    io.Reader
	left    int64
	sum     hash.Hash32
	want    uint32
	closers []io.Closer
}

func (e *entryReader) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	if e.left -= int64(n); e.left < 0 {
		return 0, fmt.Errorf("intake: an entry has more than it says: %w", zip.ErrFormat)
	}
	_, _ = e.sum.Write(p[:n])
	switch {
	case !errors.Is(err, io.EOF):
		return n, err
	case e.left > 0:
		return n, io.ErrUnexpectedEOF
	case e.want != 0 && e.sum.Sum32() != e.want: // some programs leave it out
		return n, zip.ErrChecksum
	}
	return n, io.EOF
}

func (e *entryReader) Close() error {
	var err error
	for _, c := range e.closers {
		err = errors.Join(err, c.Close())
	}
	return err
}

// storedEntry can be read anywhere, which is what a zip in a zip needs.
type storedEntry struct {
	entryReader
	section *io.SectionReader
}

func (e *storedEntry) ReadAt(p []byte, off int64) (int, error) { return e.section.ReadAt(p, off) }

// unicodeName is the name that Info-ZIP keeps in UTF-8 beside one in the machine's own encoding, if it still belongs to
// it: field 0x7075 of APPNOTE.TXT 4.6.9.
func unicodeName(e packedEntry) (string, bool) {
	for extra := e.Extra; len(extra) >= 4; {
		tag, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			break
		}
		field := extra[:size]
		extra = extra[size:]
		if tag == 0x7075 && size > 5 && field[0] == 1 && binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE([]byte(e.Name)) {
			return string(field[5:]), true
		}
	}
	return "", false
}
