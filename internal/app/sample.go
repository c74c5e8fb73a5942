package app

import (
	"bytes"
	"embed"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"sync"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

//go:embed sample/*.txt
var sampleTexts embed.FS

// SampleParcel is an article of our own with pictures drawn here, for whoever has none at hand.
func SampleParcel(lang press.Lang) []intake.File {
	name := "sample/zh.txt"
	if lang == press.English {
		name = "sample/en.txt"
	}
	text, err := sampleTexts.ReadFile(name)
	if err != nil {
		panic("app: the sample article is not embedded: " + err.Error())
	}
	files := []intake.File{memoryFile("sample.txt", text)}
	return append(files, samplePictures()...)
}

// samplePictures are drawn once: they are two million points each.
var samplePictures = sync.OnceValue(func() (files []intake.File) {
	for _, p := range []struct {
		name string
		draw func(x, y float64) color.RGBA
	}{{"sample-campus.jpg", campus}, {"sample-workshop.jpg", workshop}, {"sample-lake.jpg", lake}} {
		files = append(files, memoryFile(p.name, drawJPEG(1800, 1200, p.draw)))
	}
	return files
})

func memoryFile(name string, data []byte) intake.File {
	return intake.File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// drawJPEG paints a picture from a function of the unit square.
func drawJPEG(width, height int, draw func(x, y float64) color.RGBA) []byte {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, draw(float64(x)/float64(width), float64(y)/float64(height)))
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 88}); err != nil {
		panic("app: the sample picture cannot be drawn: " + err.Error())
	}
	return out.Bytes()
}

func rgb(r, g, b float64) color.RGBA {
	clamp := func(v float64) uint8 { return uint8(max(0, min(255, v))) }
	return color.RGBA{R: clamp(r), G: clamp(g), B: clamp(b), A: 255}
}

func blend(a, b color.RGBA, t float64) color.RGBA {
	t = max(0, min(1, t))
	mix := func(x, y uint8) float64 { return float64(x)*(1-t) + float64(y)*t }
	return rgb(mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B))
}

// campus: a building with lit windows under a morning sky.
func campus(x, y float64) color.RGBA {
	sky := blend(rgb(120, 170, 215), rgb(250, 225, 190), y*1.4)
	if d := math.Hypot((x-0.78)*1.5, y-0.24); d < 0.06 {
		return blend(rgb(255, 245, 215), sky, (d-0.05)*100)
	}
	if y > 0.84+0.01*math.Sin(x*9) {
		return blend(rgb(112, 146, 88), rgb(70, 104, 62), (y-0.84)*6)
	}
	roof := 0.38
	if x > 0.30 && x < 0.50 {
		roof = 0.26
	}
	if x > 0.10 && x < 0.72 && y > roof {
		return facade(x, y, roof)
	}
	if tree(x, y, 0.83, 0.66, 0.085) || tree(x, y, 0.92, 0.70, 0.065) || tree(x, y, 0.045, 0.68, 0.07) {
		return blend(rgb(66, 116, 78), rgb(38, 80, 56), y*1.2-0.5+0.2*math.Sin(x*160)*math.Sin(y*120))
	}
	return sky
}

func facade(x, y, roof float64) color.RGBA {
	if y < roof+0.018 {
		return rgb(96, 48, 44)
	}
	column, row := math.Mod((x-0.10)*31, 1), math.Mod((y-roof)*13, 1)
	if x > 0.37 && x < 0.43 && y > 0.70 {
		return rgb(70, 52, 44)
	}
	if column > 0.25 && column < 0.78 && row > 0.30 && row < 0.80 {
		lit := math.Sin(math.Floor((x-0.10)*31)*7.1+math.Floor((y-roof)*13)*3.3) > 0.2
		if lit {
			return rgb(248, 224, 160)
		}
		return rgb(92, 118, 142)
	}
	return blend(rgb(206, 150, 122), rgb(176, 120, 98), y)
}

func tree(x, y, cx, cy, r float64) bool {
	edge := r * (1 + 0.08*math.Sin(9*math.Atan2(y-cy, x-cx)))
	return math.Hypot((x-cx)*1.5, (y-cy)*0.9) < edge || (math.Abs(x-cx) < 0.006 && y > cy && y < 0.845)
}

// workshop: a hall in perspective with machines along both sides.
func workshop(x, y float64) color.RGBA {
	dx, dy := x-0.5, y-0.46
	depth := max(math.Abs(dx)*1.25, math.Abs(dy)*1.35)
	light := 0.55 + 0.5*depth
	switch {
	case depth < 0.08:
		return blend(rgb(220, 232, 240), rgb(190, 208, 222), y*2)
	case dy > 0 && math.Abs(dy)*1.35 >= math.Abs(dx)*1.25: // floor
		line := math.Abs(math.Mod(math.Abs(dx)/dy*3+0.5, 1) - 0.5)
		base := rgb(150*light, 158*light, 164*light)
		if math.Abs(dx)/dy > 0.42 && math.Abs(dx)/dy < 0.47 {
			return rgb(228*light, 186*light, 60*light)
		}
		return blend(base, rgb(120*light, 128*light, 136*light), 0.4*line)
	case dy < 0 && math.Abs(dy)*1.35 >= math.Abs(dx)*1.25: // ceiling with lamps
		if math.Abs(dx)/-dy < 0.12 && math.Mod(1/depth, 1) < 0.5 {
			return rgb(252, 250, 240)
		}
		return rgb(88*light, 104*light, 122*light)
	}
	bay := math.Mod(0.9/depth, 1)
	if height := dy / depth; height > 0.12 && height < 0.62 && bay > 0.2 && bay < 0.8 { // machines
		if height < 0.26 && bay > 0.3 && bay < 0.7 {
			return rgb(60*light, 190*light, 170*light)
		}
		return rgb(52*light, 96*light, 140*light)
	}
	return rgb(196*light, 204*light, 208*light)
}

// lake: hills, their reflection, and evening light.
func lake(x, y float64) color.RGBA {
	const shore = 0.58
	mirrored := y > shore
	v := y
	if mirrored {
		v = 2*shore - y + 0.006*math.Sin(y*220+x*8)
	}
	c := blend(rgb(70, 98, 150), rgb(252, 190, 140), v/shore*1.05)
	for i, hill := range []struct{ base, height, wave, phase float64 }{{0.44, 0.10, 5, 0.4}, {0.50, 0.07, 8, 2.1}, {0.55, 0.04, 13, 4.2}} {
		if v > hill.base-hill.height*(0.5+0.5*math.Sin(x*hill.wave+hill.phase))-0.012*math.Sin(x*41+hill.phase) {
			shade := float64(i)
			c = rgb(96-26*shade, 104-20*shade, 132-24*shade)
		}
	}
	if mirrored {
		c = blend(c, rgb(40, 62, 96), 0.30+0.25*(y-shore))
	}
	return c
}
