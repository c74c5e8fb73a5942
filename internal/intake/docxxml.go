package intake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// Bounds of the XML inside a Word document.
const (
	maxXMLDepth = 200       // elements inside each other
	maxXMLNodes = 300_000   // elements of one paragraph, table or style
	maxXMLWords = 4_000_000 // elements and stretches of text of one part
)

var (
	errXMLDeep      = errors.New("intake: XML nested too deeply")
	errXMLLong      = errors.New("intake: too many elements")
	errXMLDirective = errors.New("intake: XML with a document type")
)

// node is an element. Its name has the prefix that everybody uses for its namespace, whatever the document writes; so
// have its attributes.
type node struct {
	name  string
	attrs []attribute
	kids  []*node
	text  string // of elements that hold text and nothing else
}

type attribute struct{ name, value string }

// attr returns an attribute's value.
func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// child returns the first child of a name, or nil.
func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// at follows a path of children.
func (n *node) at(names ...string) *node {
	for _, name := range names {
		n = n.child(name)
	}
	return n
}

// val returns the w:val of a child.
func (n *node) val(name string) string { return n.child(name).attr("w:val") }

// prefixes are the namespaces that are understood, the strict ones of ISO 29500 among them.
func prefixes() map[string]string {
	const (
		schemas = "http://schemas.openxmlformats.org/"
		strict  = "http://purl.oclc.org/ooxml/"
		windows = "http://schemas.microsoft.com/office/"
	)
	return map[string]string{
		schemas + "wordprocessingml/2006/main": "w:", strict + "wordprocessingml/main": "w:",
		schemas + "officeDocument/2006/relationships": "r:", strict + "officeDocument/relationships": "r:",
		schemas + "drawingml/2006/wordprocessingDrawing": "wp:", strict + "drawingml/wordprocessingDrawing": "wp:",
		schemas + "drawingml/2006/main": "a:", strict + "drawingml/main": "a:",
		schemas + "drawingml/2006/picture": "pic:", strict + "drawingml/picture": "pic:",
		schemas + "drawingml/2006/chart": "c:", strict + "drawingml/chart": "c:",
		schemas + "drawingml/2006/diagram": "dgm:", strict + "drawingml/diagram": "dgm:",
		schemas + "officeDocument/2006/math": "m:", strict + "officeDocument/math": "m:",
		schemas + "markup-compatibility/2006":     "mc:",
		windows + "word/2010/wordprocessingShape": "wps:", windows + "word/2010/wordprocessingGroup": "wpg:",
		windows + "word/2010/wordprocessingCanvas": "wpc:", windows + "word/2010/wordml": "w14:",
		"urn:schemas-microsoft-com:vml": "v:", "urn:schemas-microsoft-com:office:office": "o:",
		"urn:schemas-microsoft-com:office:word": "w10:",
		schemas + "package/2006/relationships":  "rel:", "http://purl.org/dc/elements/1.1/": "dc:",
		xmlNamespace: "xml:",
	}
}

const xmlNamespace = "http://www.w3.org/XML/1998/namespace"

// xmlReader reads a part element by element.
type xmlReader struct {
	decoder  *xml.Decoder
	prefixes map[string]string
	names    map[xml.Name]string
	words    int
	nodes    int // of the element that is being read
}

func newXMLReader(data []byte) *xmlReader {
	var source io.Reader = bytes.NewReader(data)
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		source = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(source)
	}
	r := &xmlReader{decoder: xml.NewDecoder(source), prefixes: prefixes(), names: map[xml.Name]string{}}
	r.decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	return r
}

// name is a name with the usual prefix of its namespace; "?" stands before those of others.
func (r *xmlReader) name(n xml.Name) string {
	if name, ok := r.names[n]; ok {
		return name
	}
	prefix, known := r.prefixes[n.Space]
	if !known && n.Space != "" {
		prefix = "?"
	}
	name := prefix + n.Local
	r.names[n] = name
	return name
}

// token returns the next one that means something.
func (r *xmlReader) token() (xml.Token, error) {
	for {
		token, err := r.decoder.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				err = fmt.Errorf("intake: XML: %w", err)
			}
			return nil, err
		}
		if r.words++; r.words > maxXMLWords {
			return nil, errXMLLong
		}
		switch token.(type) {
		case xml.Directive:
			return nil, errXMLDirective
		case xml.StartElement, xml.EndElement, xml.CharData:
			return token, nil
		}
	}
}

// each calls f for every child of the elements that lie at path, the root first: "w:document", "w:body".
func (r *xmlReader) each(f func(*node) error, names ...string) error {
	depth := 0 // of the path, as far as the open elements follow it
	for {
		token, err := r.token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch token := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if depth < len(names) && r.name(token.Name) == names[depth] {
				depth++
				continue
			}
			r.nodes = 0
			n, err := r.element(token, depth)
			if err != nil {
				return err
			}
			if depth == len(names) {
				if err := f(n); err != nil {
					return err
				}
			}
		}
	}
}

// element reads an element whole.
func (r *xmlReader) element(start xml.StartElement, depth int) (*node, error) {
	if depth++; depth > maxXMLDepth {
		return nil, errXMLDeep
	}
	if r.nodes++; r.nodes > maxXMLNodes {
		return nil, errXMLLong
	}
	n := &node{name: r.name(start.Name)}
	if len(start.Attr) > 0 {
		n.attrs = make([]attribute, 0, len(start.Attr))
		for _, a := range start.Attr {
			n.attrs = append(n.attrs, attribute{r.name(a.Name), a.Value})
		}
	}
	var text strings.Builder
	for {
		token, err := r.token()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			child, err := r.element(token, depth)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, child)
		case xml.CharData:
			if holdsText(n.name) {
				text.Write(token)
			}
		case xml.EndElement:
			n.text = text.String()
			return n, nil
		}
	}
}

func holdsText(name string) bool {
	switch name {
	case "w:t", "w:instrText", "m:t", "dc:title":
		return true
	}
	return false
}
