package intake

import (
	"regexp"

	"newsdesk/internal/press"
)

var photoRef = regexp.MustCompile(`photo:([0-9a-f]{64})\b`)

// ReadMarkdown reads a body alone, as a person writes it into the newsroom's plain form: Markdown without front matter,
// title or credits, in which ![caption](photo:DIGEST) or ![alternative text](photo:DIGEST "caption") shows a photo that it
// has. It is what markup.Markdown writes. Notes say what was left out. Errors are those of Read for a document.
func ReadMarkdown(source string) (body press.Body, left []press.Note, err error) {
	notes := &notes{}
	var files []File
	digests := map[string]press.Digest{}
	seen := map[string]bool{}
	for _, m := range photoRef.FindAllStringSubmatch(source, -1) {
		if !seen[m[1]] && len(files) < press.MaxPhotos {
			seen[m[1]] = true
			digests[string(PlaceholderDigest(len(files)))] = press.Digest(m[1])
			files = append(files, File{Name: "photo:" + m[1]})
		}
	}
	d := &draft{name: "body.md", shelf: newShelf(files, press.MaxPhotos), notes: notes, own: true}
	if err := d.checkMarkdown(source); err != nil {
		return body, nil, err
	}
	rendered, err := renderMarkdown([]byte(keepFootnotes(source)))
	if err != nil {
		return body, nil, press.Fail(press.Invalid, "document.unreadable", press.Say(
			"The body cannot be read as Markdown; take out what is unusual in it.", "正文无法按 Markdown 读取，请去掉特殊写法。")).Because(err)
	}
	if err := d.walkHTML(rendered, true); err != nil {
		return body, nil, err
	}
	for _, p := range groupLists(d.pieces) {
		if heading, ok := p.block.(press.Heading); ok {
			heading.Level = min(max(p.level, 2), 4)
			p.block = heading
		}
		body.Blocks = append(body.Blocks, p.block)
	}
	resolved := Parcel{Content: press.Content{Body: body}}.Resolve(digests)
	return resolved.Body, notes.list, resolved.Body.Check()
}
