package search

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestListsComeBack packs lists of every density, here and for the script, which must read the same.
func TestListsComeBack(t *testing.T) {
	t.Parallel()
	by := rand.New(rand.NewPCG(3, 7))
	var all [][]uint16
	for _, within := range []int{few + 1, 31, 32, 33, 64, 100, 301, 1024, 60_000} {
		for _, share := range []float64{0.001, 0.02, 0.1, 0.3, 0.5, 0.9, 1} {
			var places []uint16
			for p := range within {
				if by.Float64() < share || p == within-1 {
					places = append(places, uint16(p))
				}
			}
			all = append(all, places)
		}
	}
	all = append(all, []uint16{0, 1, 2, 3, 4}, []uint16{60_000}, []uint16{0, 65_535})
	var packed [][]byte
	for _, places := range all {
		p := pack(places)
		if packed = append(packed, p); len(p) > len(places)*2+6 || len(p) > int(places[len(places)-1])/8+2 {
			t.Errorf("%d places up to %d take %d bytes", len(places), places[len(places)-1], len(p))
		}
		if got := unpack(p, nil); !slices.Equal(got, places) {
			t.Errorf("%d places up to %d: came back as %d", len(places), places[len(places)-1], len(got))
		}
	}
	var got [][]uint16
	script(t, `out = `+literal(packed)+`.map((one) => unpack(Buffer.from(one, 'base64')));`, &got)
	for i, places := range all {
		if !slices.Equal(got[i], places) {
			t.Errorf("%d places up to %d: came back as %d in the script", len(places), places[len(places)-1], len(got[i]))
		}
	}
}

// TestRareWordsCostLittle: what one article holds is found with a table, a piece and the titles that are looked at first; what is
// nowhere without a piece.
func TestRareWordsCostLittle(t *testing.T) {
	t.Parallel()
	a, by := &archive{}, newAuthor(5)
	for n := range 3000 {
		one := by.article(n, 20*time.Hour)
		one.Text = by.text(40)
		a.live = append(a.live, one)
	}
	a.live[700].Text += "欧阳若曦在会上发言。"
	files := rebuilt(t, a)
	queries, most, lines := []string{"欧阳若曦", "若曦 欧阳", "不存在的词语", "unheard"}, []int64{4, 5, 4, 4}, [][2]string{}
	servers := make([]traffic, len(queries))
	for i, query := range queries {
		lines = append(lines, [2]string{servers[i].serve(t, files) + "search/", query})
	}
	var got [][]string
	script(t, `out = [];
for (const [server, query] of `+literal(lines)+`) {
	const found = [];
	for await (const one of new Index(server).find(asked(query))) if (one) found.push(one.path);
	out.push(found);
}`, &got)
	for i, query := range queries {
		if want := i < 2; want != (len(got[i]) == 1) || servers[i].requests.Load() > most[i] {
			t.Errorf("%s: %d found with %d requests", query, len(got[i]), servers[i].requests.Load())
		}
	}
}
