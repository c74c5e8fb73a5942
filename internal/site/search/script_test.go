package search

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
)

// script runs lines after the site's own script in Node.js and decodes what they put into out.
func script(t testing.TB, lines string, into any) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node.js on this machine")
	}
	source, err := os.ReadFile("../assets/search.js")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "--input-type=module")
	cmd.Stdin = strings.NewReader(string(source) + "\nlet out;\nsetVariants('國學發髮劉體臺\\n国学发发刘体台');\n" + lines + "\nprocess.stdout.write(JSON.stringify(out));\n")
	var said bytes.Buffer
	cmd.Stderr = &said
	answer, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	if err := json.Unmarshal(answer, into); err != nil {
		t.Fatalf("%v: %.200s", err, answer)
	}
}

func literal(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

var hostile = []string{
	"学校举行2026级新生开学典礼", "ＡＩ技术与５Ｇ网络（含“双师型”教师）", "ｶﾞｷﾞｸﾞ ﾊﾟ ガギグ パ", "İstanbul ISTANBUL ıstanbul ΑΣΟΣ Σ straße STRASSE ẞ", "①②③ ㈱ ㍿ ㎡ ㎖ ﬁﬂ ½ Ⅷ ⅷ",
	"\u202e反向\u202c 零\u200b宽\u200d 软\u00ad连 \ufeff字节", "𠮷野家 𡈽 🀄🎓👩‍🎓 🇨🇳", "é e\u0301 ệ Å Å Ω Ω K", "한국어 각 각", "ไทย हिन्दी עברית العربية",
	"國際學術 頭髮 劉發 臺灣", "a b\u00a0c\u3000d\te\r\nf\vg", "C++ C# .NET snake_case don't well-known 3.14 1,000", "\x00\x1b[31m\ufffd\ufdd0", "々〆〇ヶー・゠", "AI", "5G", "x", "字", "", " ", "——……",
	strings.Repeat("长", 500), strings.Repeat("ab", 300), "<script>alert(1)</script>&amp;", "ǅ ǈ ŉ ΐ ﬆ և", "﹁﹂﹃﹄ ︰ ｡｢｣､･", "⼀⼁⼂ ⺀ 豈更車",
}

// TestTheScriptFoldsAndCutsAlike: what the index is asked for is what was put into it, for hostile texts and for every character there is.
func TestTheScriptFoldsAndCutsAlike(t *testing.T) {
	t.Parallel()
	texts := slices.Clone(hostile)
	var every strings.Builder
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.L, unicode.N, unicode.M) && !(r >= 0x4f00 && r <= 0x9e00) && !(r >= 0x20100 && r <= 0x31000) && !(r >= 0xac80 && r < 0xd780) {
			every.WriteRune(r)
			every.WriteRune(' ')
		}
	}
	texts = append(texts, every.String())
	for i := range texts {
		texts[i] = Clean(texts[i])
	}
	type seen struct {
		Folded string
		Grams  []gram
	}
	var got []seen
	script(t, `out = `+literal(texts)+`.map((text) => ({ Folded: fold(text), Grams: grams(fold(text)) }));`, &got)
	for i, text := range texts {
		folded := variants.Fold(text)
		if got[i].Folded != folded {
			t.Errorf("%.60q: folded %.80q here, %.80q there%s", text, folded, got[i].Folded, firstDifference(folded, got[i].Folded))
		}
		want := gramsOf(folded)
		slices.Sort(want)
		if !slices.Equal(got[i].Grams, want) && len(got[i].Grams)+len(want) > 0 {
			t.Errorf("%.60q: %d grams here, %d there", text, len(want), len(got[i].Grams))
		}
	}
}

// TestTheScriptEnds: a file that was cut off in the middle of a number is refused, and not read for ever.
func TestTheScriptEnds(t *testing.T) {
	t.Parallel()
	var got string
	script(t, `try { entries(Uint8Array.of(0, 0, 0, 0, 0x80), [0]); out = 'read' } catch (fault) { out = fault.message }`, &got)
	if got != "torn" {
		t.Errorf("it was %s", got)
	}
}

func firstDifference(a, b string) string {
	x, y := []rune(a), []rune(b)
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf(", first %U and %U at %d", x[i], y[i], i)
		}
	}
	return ""
}

// traffic serves an index and counts what a browser would have to fetch, compressed as usual.
type traffic struct {
	requests, bytes, unpacked atomic.Int64

	slow bool       // as a phone has it: 150 ms to and fro, 1.6 Mbit/s for all that comes at once
	wire sync.Mutex // is held while a file passes
}

func (n *traffic) pass(bytes int) {
	if !n.slow {
		return
	}
	time.Sleep(150 * time.Millisecond)
	n.wire.Lock()
	defer n.wire.Unlock()
	time.Sleep(time.Duration(bytes) * 8 * time.Second / 1_600_000)
}

func (n *traffic) serve(t testing.TB, files map[string][]byte) string {
	t.Helper()
	source, err := os.ReadFile("../assets/search.js")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html")
			return
		case "/search.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write(source)
			return
		}
		data, ok := files[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		n.requests.Add(1)
		n.unpacked.Add(int64(len(data)))
		if strings.HasSuffix(r.URL.Path, ".json") {
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			_, _ = z.Write(data)
			z.Close()
			data = packed.Bytes()
			w.Header().Set("Content-Encoding", "gzip")
		}
		n.bytes.Add(int64(len(data)))
		n.pass(len(data))
		_, _ = w.Write(data)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// foldedRunes are the titles of an archive, and titles with texts, the newest first.
func foldedRunes(a *archive) (titles, all [][]rune) {
	for _, one := range slices.Backward(a.live) {
		titles = append(titles, []rune(variants.Fold(one.Title)))
		all = append(all, []rune(variants.Fold(one.Title+"\n"+clean(one.Text, TextRunes))))
	}
	return titles, all
}

// bySearching is the order in which a reader should meet articles, found by looking at all of them.
func bySearching(a *archive, titles, all [][]rune, query string) []string {
	asked := words(variants.Fold(Clean(query)))
	if len(asked) == 0 {
		return nil
	}
	var titled, others []string
	for i, one := range slices.Backward(a.live) {
		at := len(a.live) - 1 - i
		switch {
		case holdsAll(titles[at], asked):
			titled = append(titled, one.Path)
		case holdsAll(all[at], asked):
			others = append(others, one.Path)
		}
	}
	return append(titled, others...)
}

func holdsAll(text []rune, asked []word) bool {
	return !slices.ContainsFunc(asked, func(w word) bool { return !holds(text, w) })
}

func holds(text []rune, w word) bool {
	for i := range len(text) - len(w.text) + 1 {
		if text[i] == w.text[0] && slices.Equal(text[i:i+len(w.text)], w.text) &&
			(w.wide || i == 0 || !letter(text[i-1]) || isWide(text[i-1])) {
			return true
		}
	}
	return false
}

// TestTheScriptFindsWhatIsThere compares what the script finds over HTTP, in two eras, with a look at every article.
func TestTheScriptFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	a, by := &archive{}, newAuthor(8)
	for n := range 700 {
		one := by.article(n, 40*time.Hour)
		one.Text = by.text(150)
		if n < 100 {
			one.PublishedAt = one.PublishedAt.AddDate(-15, 0, 0) // before 2004-01-10, where an era ends
		}
		a.live = append(a.live, one)
	}
	a.live[5].Text = "山中有座庙，𠮷野家在街角。Photovoltaics　ＦＵＬＬ　Ｗｉｄｔｈ。"
	a.live[300].Text = "國學大師劉發到訪。"
	a.live[600].Title = "“双碳”目标下的 ISO 9001:2015"
	queries := []string{
		"学校", "消防演练", "𠮷野家", "photo", "PHOTOVOLTAICS", "full width", "９００１", "双碳 ISO", "AI技术", "5g 学生 教育", "庙", "nothing here", "王", "tovoltaics",
		"山中有座庙，𠮷野家", "国学大師刘发", "劉發", "學生 學校", "ai", "worldskills 2", "，。", "李娜", a.live[3].Title, by.name(), by.name(), by.phrase(2), by.phrase(2), by.phrase(3),
	}
	server := new(traffic).serve(t, rebuilt(t, a))
	var got [][]string
	script(t, `const index = new Index(`+literal(server+"search/")+`);
out = [];
for (const query of `+literal(queries)+`) {
	const words = asked(query), found = [];
	if (words.length) for await (const one of index.find(words)) if (one) found.push(one.path);
	out.push(found);
}`, &got)
	hits := 0
	eras := []*archive{{live: a.live[100:]}, {live: a.live[:100]}}
	var titles, texts [2][][]rune
	for i, era := range eras {
		titles[i], texts[i] = foldedRunes(era)
	}
	for i, query := range queries {
		var want []string
		for e, era := range eras {
			want = append(want, bySearching(era, titles[e], texts[e], query)...)
		}
		if !slices.Equal(got[i], want) && len(got[i])+len(want) > 0 {
			t.Errorf("%q: found %d, want %d: %.200v", query, len(got[i]), len(want), want)
		}
		hits += len(want)
	}
	if hits < 500 {
		t.Errorf("only %d hits", hits)
	}
}
