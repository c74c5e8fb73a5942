package search

import "encoding/json"

// section is what a group says about one piece.
type section struct {
	ref
	titles json.RawMessage // rows without texts
}

func sectionOf(piece span, data []byte, articles []Article) section {
	titles := lines(articles, func(a Article) any { return row{a.Path, a.Title, a.Day, a.Column, ""}.fields() })
	return section{ref{piece, versionOf(data)}, titles}
}

func titlesFile(group span) string { return group.file() + ".titles.json" }
func pieceFile(piece span) string  { return piece.file() + ".json" }

// encodeTitles writes [[piece, version, [[path, title, day, column] …]] …].
func encodeTitles(sections []section) []byte {
	return lines(sections, func(s section) any { return []any{s.piece.name(), s.version, s.titles} })
}

// decodeTitles returns the sections of a group, none if it is torn.
func decodeTitles(titles []byte) (out []section) {
	var listed [][3]json.RawMessage
	if json.Unmarshal(titles, &listed) != nil {
		return nil
	}
	for _, fields := range listed {
		var name, version string
		if json.Unmarshal(fields[0], &name) != nil || json.Unmarshal(fields[1], &version) != nil {
			return nil
		}
		piece, ok := parseSpan(name)
		if !ok || !versionPattern.MatchString(version) {
			return nil
		}
		out = append(out, section{ref{piece, version}, fields[2]})
	}
	return out
}
