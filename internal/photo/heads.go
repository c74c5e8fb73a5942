package photo

// cellBox is a part of the small copy, in cells.
type cellBox struct{ x0, y0, x1, y1 int }

func (b cellBox) size() (w, h int) { return b.x1 - b.x0, b.y1 - b.y0 }

// heads finds patches of the colour of skin that could be faces: neither specks nor walls, about as high as wide, mostly
// filled, and of another colour than what is around them. Pictures that are of that colour as a whole (sand, wood, evenings)
// have none. It finds no faces as such; it knows where heads are likelier than elsewhere.
func heads(y, cb, cr cells) []cellBox {
	skin, n := skinOf(y, cb, cr)
	if n*4 > len(skin) {
		return nil
	}
	var out []cellBox
	for start := range skin {
		if !skin[start] {
			continue
		}
		b, area := patch(skin, y.w, start)
		w, h := b.size()
		atEdge := b.x0 == 0 || b.x1 == y.w || b.y1 == y.h
		rightSize := area >= 12 && area*12 <= len(skin)
		rightShape := w <= h*3/2 && h <= w*2 && area*100 >= w*h*45
		if !atEdge && rightSize && rightShape && !sameAround(b, y, cb, cr) {
			out = append(out, b)
		}
	}
	return out
}

// skinOf marks cells that have the colour of skin, from pale to dark: its hue hardly differs. It must differ from the mean of the picture.
func skinOf(y, cb, cr cells) (skin []bool, n int) {
	skin = make([]bool, len(y.v))
	meanB, meanR := cb.mean()-128, cr.mean()-128
	for i := range skin {
		l, b, r := y.v[i], cb.v[i]-128, cr.v[i]-128
		hue := r >= 9 && r <= 44 && b <= -5 && b >= -48 && 5*r >= -3*b && 2*r <= 36-3*b
		skin[i] = hue && l > 50 && l < 240 && abs(b-meanB)+abs(r-meanR) >= 9
		if skin[i] {
			n++
		}
	}
	return skin, n
}

// patch measures the connected cells at one of them, and unmarks them.
func patch(marked []bool, width, start int) (b cellBox, area int) {
	height := len(marked) / width
	b = cellBox{width, height, 0, 0}
	stack := []int{start}
	marked[start] = false
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		area++
		x, y := at%width, at/width
		b = cellBox{min(b.x0, x), min(b.y0, y), max(b.x1, x+1), max(b.y1, y+1)}
		for _, d := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			nx, ny := x+d[0], y+d[1]
			if nx >= 0 && ny >= 0 && nx < width && ny < height && marked[ny*width+nx] {
				marked[ny*width+nx] = false
				stack = append(stack, ny*width+nx)
			}
		}
	}
	return b, area
}

// sameAround reports whether half of what surrounds a patch is of the same stuff in another light: sun on a wall.
func sameAround(b cellBox, y, cb, cr cells) bool {
	hue := func(i int) (blue, red int) { // of equal stuff in any light
		l := max(16, y.v[i])
		return (cb.v[i] - 128) * 256 / l, (cr.v[i] - 128) * 256 / l
	}
	inside := func(i, j int) bool { return i >= b.x0 && i < b.x1 && j >= b.y0 && j < b.y1 }
	const ring = 3
	near := cellBox{max(0, b.x0-ring), max(0, b.y0-ring), min(y.w, b.x1+ring), min(y.h, b.y1+ring)}
	blue, red, n := 0, 0, 0
	near.each(func(i, j int) {
		if inside(i, j) {
			cellBlue, cellRed := hue(j*y.w + i)
			blue, red, n = blue+cellBlue, red+cellRed, n+1
		}
	})
	blue, red = blue/n, red/n
	same, all := 0, 0
	near.each(func(i, j int) {
		if inside(i, j) {
			return
		}
		all++
		if cellBlue, cellRed := hue(j*y.w + i); abs(cellBlue-blue)+abs(cellRed-red) < 20 {
			same++
		}
	})
	return same*2 > all
}

func (b cellBox) each(f func(x, y int)) {
	for y := b.y0; y < b.y1; y++ {
		for x := b.x0; x < b.x1; x++ {
			f(x, y)
		}
	}
}

// addHeads gives heads, with the hair above them, half as much weight as all the rest has.
func addHeads(weight cells, found []cellBox) {
	total, area := 0, 0
	for _, v := range weight.v {
		total += v
	}
	for i, b := range found {
		w, h := b.size()
		found[i].y0 = max(0, b.y0-h/2)
		area += w * (b.y1 - found[i].y0)
	}
	for _, b := range found {
		b.each(func(x, y int) { weight.v[y*weight.w+x] += max(1, total/2/area) })
	}
}
