package script_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"newsdesk/internal/press"
)

// TestTheEditorKeepsBodies takes bodies into the editor's document and back, in node, and expects what press makes of them.
// They must agree, because a difference would make a new revision out of opening an article.
func TestTheEditorKeepsBodies(t *testing.T) {
	t.Parallel()
	run := bundled(t, "test/bodies.mjs")
	var in, want bytes.Buffer
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		body := someBody(rng)
		writeLine(t, &in, body)
		writeLine(t, &want, body.Normalize())
	}
	cmd := exec.CommandContext(t.Context(), "node", run)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in.Bytes()), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got, expected := bufio.NewScanner(bytes.NewReader(out)), bufio.NewScanner(&want)
	got.Buffer(nil, 1<<20)
	expected.Buffer(nil, 1<<20)
	n := 0
	for ; expected.Scan() && got.Scan(); n++ {
		var body press.Body
		if err := json.Unmarshal(got.Bytes(), &body); err != nil {
			t.Fatalf("body %d: %v", n, err)
		}
		data, err := press.EncodeJSON(body)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, expected.Bytes()) {
			t.Fatalf("body %d came back as\n%s\nand not as\n%s", n, data, expected.Bytes())
		}
	}
	if n != 2000 {
		t.Errorf("%d bodies came back", n)
	}
}

// bundled makes one file that node runs of a source; it skips where the packages are not installed.
func bundled(t *testing.T, source string) string {
	t.Helper()
	esbuild := filepath.Join("node_modules", ".bin", "esbuild")
	if _, err := os.Stat(esbuild); err != nil {
		t.Skip("the scripts' packages are not installed: make assets")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node on this machine")
	}
	out := filepath.Join(t.TempDir(), "bundle.mjs")
	cmd := exec.CommandContext(t.Context(), esbuild, source, "--bundle", "--platform=node", "--format=esm", "--log-level=warning", "--outfile="+out)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("esbuild: %v\n%s", err, said)
	}
	return out
}

func writeLine(t *testing.T, out *bytes.Buffer, body press.Body) {
	t.Helper()
	data, err := press.EncodeJSON(body)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(data)
	out.WriteByte('\n')
}

func someBody(rng *rand.Rand) press.Body {
	blocks := make([]press.Block, rng.IntN(7))
	for i := range blocks {
		blocks[i] = someBlock(rng)
	}
	return press.Body{Blocks: blocks}
}

func someBlock(rng *rand.Rand) press.Block {
	switch rng.IntN(8) {
	case 0:
		return press.Heading{Level: 2 + rng.IntN(3), Align: someAlign(rng), Text: someRuns(rng)}
	case 1:
		return somePicture(rng)
	case 2:
		return press.Gallery{Photos: many(rng, 4, somePicture)}
	case 3:
		return someList(rng, press.MaxListDepth)
	case 4:
		return press.Quote{Paragraphs: many(rng, 3, someParagraph)}
	case 5:
		row := func(rng *rand.Rand) []press.Cell { return many(rng, 4, someCell) }
		return press.Table{Header: rng.IntN(2) == 0, Rows: many(rng, 4, row)}
	case 6:
		return press.Divider{}
	}
	return someParagraph(rng)
}

func many[T any](rng *rand.Rand, most int, one func(*rand.Rand) T) []T {
	out := make([]T, rng.IntN(most+1))
	for i := range out {
		out[i] = one(rng)
	}
	return out
}

func someParagraph(rng *rand.Rand) press.Paragraph {
	return press.Paragraph{Align: someAlign(rng), Text: someRuns(rng)}
}

func somePicture(rng *rand.Rand) press.Picture {
	digest := make([]byte, 64)
	for i := range digest {
		digest[i] = "0123456789abcdef"[rng.IntN(16)]
	}
	return press.Picture{Photo: press.Digest(digest), Caption: someText(rng), Alt: someText(rng)}
}

func someCell(rng *rand.Rand) press.Cell {
	return press.Cell{Align: someAlign(rng), ColSpan: rng.IntN(4), RowSpan: rng.IntN(3), Text: someRuns(rng)}
}

func someList(rng *rand.Rand, depth int) press.List {
	item := func(rng *rand.Rand) press.ListItem {
		item := press.ListItem{Text: someRuns(rng)}
		if depth > 1 && rng.IntN(3) == 0 {
			inner := someList(rng, depth-1)
			item.List = &inner
		}
		return item
	}
	return press.List{Ordered: rng.IntN(2) == 0, Start: rng.IntN(4), Items: many(rng, 3, item)}
}

func someAlign(rng *rand.Rand) press.Align {
	return []press.Align{press.AlignStart, press.AlignStart, press.AlignCenter, press.AlignRight}[rng.IntN(4)]
}

func someRuns(rng *rand.Rand) []press.Run {
	return many(rng, 4, func(rng *rand.Rand) press.Run {
		run := press.Run{
			Text: someText(rng), Bold: rng.IntN(4) == 0, Italic: rng.IntN(5) == 0, Underline: rng.IntN(6) == 0, Strike: rng.IntN(7) == 0,
		}
		if rng.IntN(4) == 0 {
			run.Color = press.Palette()[rng.IntN(6)]
		}
		if rng.IntN(5) == 0 {
			run.Link = "https://example.com/?a=1&b=<2>"
		}
		return run
	})
}

func someText(rng *rand.Rand) string {
	words := []string{"新闻", " ", "\n", "\t", "　", "a b", "👩‍👩‍👧", "e\u0301", "𠮷", "<&>", "\u00a0", "\u2028", "\u200b", "\ufeff", "。", "\u2003", "0"}
	out := ""
	for range rng.IntN(5) {
		out += words[rng.IntN(len(words))]
	}
	return out
}
