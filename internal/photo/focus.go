package photo

import "newsdesk/internal/press"

// The focal point is looked for in a small copy of the picture, focusSide cells along its longer side, and in whole numbers
// only, so that every machine finds the same.
const focusSide = 128

// cells are one value for each cell of the small copy.
type cells struct {
	w, h int
	v    []int
}

func newCells(w, h int) cells { return cells{w, h, make([]int, w*h)} }

// focus finds what the picture is about, for the crops of covers: at whose height the wide one, and at whose breadth the
// square one lies best. It is the zero point where nothing stands out, which is the centre.
//
// What counts is what differs from its surroundings and from the whole in light and colour, or is sharp where other parts are
// not; and above all what may be a head: a compact patch of the colour of skin.
func (p *picture) focus() press.Point {
	y, cb, cr := p.reduced()
	if y.w < 8 || y.h < 8 {
		return press.Point{}
	}
	weight := standsOut(y, cb, cr)
	addHeads(weight, heads(y, cb, cr))
	wide, _ := Lookup(press.CoverWide)
	fx := best(weight.columns(), min(y.w, y.h), sideways)
	fy := best(weight.rows(), min(y.h, max(1, (y.w*wide.Height+wide.Width/2)/wide.Width)), upright)
	if fx < 0 && fy < 0 {
		return press.Point{}
	}
	return press.Point{X: fractionOr(fx), Y: fractionOr(fy)}
}

// fractionOr is thousandths as a fraction; the middle where nothing was found.
func fractionOr(thousandths int) float64 {
	if thousandths < 0 {
		return 0.5
	}
	return float64(thousandths) / 1000
}

// reduced is the picture in cells of the mean of its samples.
func (p *picture) reduced() (y, cb, cr cells) {
	long := max(p.y.w, p.y.h)
	w, h := max(1, p.y.w*focusSide/max(long, focusSide)), max(1, p.y.h*focusSide/max(long, focusSide))
	y = p.y.reduced(w, h)
	if p.grey() {
		cb = newCells(w, h)
		for i := range cb.v {
			cb.v[i] = 128
		}
		return y, cb, cb
	}
	return y, p.cb.reduced(w, h), p.cr.reduced(w, h)
}

func (p plane) reduced(w, h int) cells {
	out := newCells(w, h)
	for j := range h {
		y0, y1 := j*p.h/h, max((j+1)*p.h/h, j*p.h/h+1)
		step := max(1, (y1-y0)/2)
		rows := 0
		line := out.v[j*w : (j+1)*w]
		for y := y0 + step/2; y < y1; y += step {
			row := p.row(min(y, p.h-1))
			rows++
			for i := range line {
				x0 := i * p.w / w
				x1 := max((i+1)*p.w/w, x0+1)
				sum := 0
				for _, v := range row[x0:min(x1, p.w)] {
					sum += int(v)
				}
				line[i] += sum * 16 / max(1, min(x1, p.w)-x0)
			}
		}
		for i := range line {
			line[i] /= 16 * rows
		}
	}
	return out
}

// blurred is the mean of each cell's surroundings, r cells to every side.
func (c cells) blurred(r int) cells {
	sums := make([]int, (c.w+1)*(c.h+1))
	for y := range c.h {
		line := 0
		for x := range c.w {
			line += c.v[y*c.w+x]
			sums[(y+1)*(c.w+1)+x+1] = sums[y*(c.w+1)+x+1] + line
		}
	}
	out := newCells(c.w, c.h)
	for y := range c.h {
		y0, y1 := max(0, y-r), min(c.h, y+r+1)
		for x := range c.w {
			x0, x1 := max(0, x-r), min(c.w, x+r+1)
			sum := sums[y1*(c.w+1)+x1] - sums[y0*(c.w+1)+x1] - sums[y1*(c.w+1)+x0] + sums[y0*(c.w+1)+x0]
			out.v[y*c.w+x] = sum / ((x1 - x0) * (y1 - y0))
		}
	}
	return out
}

func (c cells) mean() int {
	sum := 0
	for _, v := range c.v {
		sum += v
	}
	return sum / len(c.v)
}

func (c cells) rows() []int {
	out := make([]int, c.h)
	for i, v := range c.v {
		out[i/c.w] += v
	}
	return out
}

func (c cells) columns() []int {
	out := make([]int, c.w)
	for i, v := range c.v {
		out[i%c.w] += v
	}
	return out
}

func abs(n int) int { return max(n, -n) }

// fine is how many parts a sample is counted in: whole samples would be too coarse.
const fine = 16

func (c cells) inParts() cells {
	out := newCells(c.w, c.h)
	for i, v := range c.v {
		out.v[i] = v * fine
	}
	return out
}

// add adds what another way of looking says of each cell, relative to its mean. What is everywhere says little, what is much
// too strong says no more than strong does, and a picture whose mean is below the least is not made to have some.
func (c cells) add(part cells, times, least int) {
	mean := max(part.mean(), least*fine)
	for i, v := range part.v {
		c.v[i] += times * min(v*64/mean, 64*5)
	}
}

// standsOut weighs each cell by how much it differs from its surroundings, from the picture as a whole, and from what is
// directly beside it. What is hardly above the mean has no weight.
func standsOut(y, cb, cr cells) cells {
	around := max(y.w, y.h) / 6
	contrast, odd, sharp := newCells(y.w, y.h), newCells(y.w, y.h), newCells(y.w, y.h)
	for n, plane := range []cells{y, cb, cr} {
		plane = plane.inParts()
		small, large, mean := plane.blurred(1), plane.blurred(around), plane.mean()
		times := 4 // chroma differs less than light does
		if n == 0 {
			times = 1
		}
		for i, v := range small.v {
			contrast.v[i] += times * abs(v-large.v[i])
			odd.v[i] += times * abs(v-mean)
			if n == 0 {
				sharp.v[i] = abs(plane.v[i] - v)
			}
		}
	}
	out := newCells(y.w, y.h)
	out.add(contrast, 3, 12)
	out.add(odd, 2, 12)
	out.add(sharp.blurred(2), 3, 2)
	enough := max(out.mean()*5/4, 256) // half of what the three add for their means
	for i, v := range out.v {
		out.v[i] = max(0, v-enough)
	}
	return out
}

// liking is how a window along one axis is chosen. home is where it would rather have its middle, in thousandths of the axis;
// cut and foot are what it costs to cut through something at its beginning and at its end, in percent.
type liking struct{ home, cut, foot int }

// Heads are above the middle of a picture, and must not be cut off; feet may be.
var (
	sideways = liking{home: 500, cut: 20, foot: 20}
	upright  = liking{home: 450, cut: 40, foot: 10}
)

// best returns the middle, in thousandths, of the window that keeps the most weight and keeps it off its edges; -1 where no
// place is clearly better than the middle.
func best(line []int, window int, like liking) int {
	n := len(line)
	if window >= n {
		return -1
	}
	middle := (n - window) / 2
	chosen, top := middle, like.score(line, middle, window)
	least := top + top/20
	for at := range n - window + 1 {
		if s := like.score(line, at, window); s > top && s > least {
			chosen, top = at, s
		}
	}
	if chosen == middle {
		return -1
	}
	return (2*chosen + window) * 500 / n
}

// score is what a window is worth.
func (like liking) score(line []int, at, window int) int {
	n, sum := len(line), 0
	for i, v := range line[at : at+window] { // in full in the middle, half at the edges
		off := abs(2*i + 1 - window)
		sum += v * (1024 - 512*off/window*off/window)
	}
	sum /= 1024
	if at > 0 {
		sum -= like.cut * window * (line[at-1] + line[at]) / 200
	}
	if end := at + window; end < n {
		sum -= like.foot * window * (line[end-1] + line[end]) / 200
	}
	away := abs((2*at+window)*1000 - 2*like.home*n)
	return max(0, sum) * (1000 - away*250/(1000*n)) / 1000
}
