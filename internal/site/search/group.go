package search

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strconv"
)

// section is what a group says about one piece.
type section struct {
	piece   span
	version string          // digest of the piece's bytes
	titles  json.RawMessage // rows without texts
	blooms  [shards]bloom
}

func sectionOf(piece span, data []byte, articles []Article) section {
	titles := lines(articles, func(a Article) any { return row{a.Path, a.Title, a.Day, a.Column, ""}.fields() })
	return section{piece, versionOf(data), titles, blooms(articles)}
}

func titlesFile(group span) string { return group.file() + ".titles.json" }
func pieceFile(piece span) string  { return piece.file() + ".json" }

func bloomFile(group span, shard int) string {
	return group.file() + "." + strconv.Itoa(shard) + ".bin"
}

// encodeTitles writes [[piece, version, [[path, title, day, column] …]] …].
func encodeTitles(sections []section) []byte {
	return lines(sections, func(s section) any { return []any{s.piece.name(), s.version, s.titles} })
}

// encodeBlooms writes the length of what comes next (four bytes, the least first), [[piece, version, bits] …], and then the bits
// of each piece's filter, each beginning with a byte of its own.
func encodeBlooms(sections []section, shard int) []byte {
	head := lines(sections, func(s section) any { return []any{s.piece.name(), s.version, s.blooms[shard].bits} })
	out := append(binary.LittleEndian.AppendUint32(nil, uint32(len(head))), head...)
	for _, s := range sections {
		out = append(out, s.blooms[shard].data...)
	}
	return out
}

// decodeGroup returns the sections of a group's files, as far as they are whole and agree, by the name of the piece.
func decodeGroup(titles []byte, filters [shards][]byte) map[string]section {
	var listed [][3]json.RawMessage
	if json.Unmarshal(titles, &listed) != nil {
		return nil
	}
	out := map[string]section{}
	for _, fields := range listed {
		var name, version string
		if json.Unmarshal(fields[0], &name) != nil || json.Unmarshal(fields[1], &version) != nil {
			return nil
		}
		if piece, ok := parseSpan(name); ok {
			out[name] = section{piece: piece, version: version, titles: slices.Clip(fields[2])}
		}
	}
	for shard, data := range filters {
		found := decodeBlooms(data)
		for name, s := range out {
			f, ok := found[name+" "+s.version]
			if !ok {
				delete(out, name)
				continue
			}
			s.blooms[shard] = f
			out[name] = s
		}
	}
	return out
}

// decodeBlooms returns filters by the name and version of their pieces.
func decodeBlooms(data []byte) map[string]bloom {
	if len(data) < 4 {
		return nil
	}
	size, data := uint64(binary.LittleEndian.Uint32(data)), data[4:]
	var listed [][3]any
	if size > uint64(len(data)) || json.Unmarshal(data[:size], &listed) != nil {
		return nil
	}
	out, data := map[string]bloom{}, data[size:]
	for _, fields := range listed {
		name, _ := fields[0].(string)
		version, _ := fields[1].(string)
		bits, _ := fields[2].(float64)
		size := (int64(bits) + 7) / 8
		if bits < 1 || size > int64(len(data)) {
			return nil
		}
		out[name+" "+version] = bloom{int(bits), data[:size:size]}
		data = data[size:]
	}
	return out
}
