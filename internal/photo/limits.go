package photo

import (
	"newsdesk/internal/press"
)

// Limits bound what is accepted, all judged before pixels are decoded. Zero fields take the default.
type Limits struct {
	MaxBytes  int64 // of a file; default 64 MiB
	MaxPixels int64 // default 100 million
	MaxSide   int   // pixels; default 30,000, so that a rendition always fits JPEG's 65,535
	MaxRatio  int   // the longer side over the shorter; default 64
	MaxScans  int   // of a progressive JPEG; default 100 (encoders write about 10)
	MaxMemory int64 // bytes that decoding one photo may take; default 512 MiB
	// MaxApart is the same for HEIC and AVIF, which are opened in a process of their own; default 1 GiB.
	MaxApart int64
}

func (l Limits) withDefaults() Limits {
	fill(&l.MaxBytes, 64<<20)
	fill(&l.MaxPixels, 100_000_000)
	fill(&l.MaxSide, 30_000)
	fill(&l.MaxRatio, 64)
	fill(&l.MaxScans, 100)
	fill(&l.MaxMemory, 512<<20)
	fill(&l.MaxApart, 1<<30)
	return l
}

func fill[T int | int64](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// A picture of many pixels in few bytes is either one flat colour or made to exhaust memory; neither is a news photo.
// Flat drawings reach about 350 pixels a byte, so small pictures are let be.
const (
	bombPixels   = 8_000_000
	pixelsByByte = 1_000
)

func (l Limits) checkBytes(name string, n int64) error {
	switch {
	case n == 0:
		return press.Fail(press.Invalid, "photo.empty", press.Say(
			"%q is empty: choose the file again.", "“%s”是空文件，请重新选择。", name))
	case n > l.MaxBytes:
		return press.Fail(press.TooLarge, "photo.bytes", press.Say(
			"%q has %d MB; a photo may have %d MB at most.", "“%s”有 %d MB，图片最大为 %d MB。", name, (n+1<<20-1)>>20, l.MaxBytes>>20))
	}
	return nil
}

// check judges a header.
func (l Limits) check(name string, h *header, bytes int64) error {
	w, ht := int64(h.width), int64(h.height)
	long, short := max(w, ht), min(w, ht)
	pixels := w * ht
	switch {
	case short <= 0:
		return broken(name)
	case long > int64(l.MaxSide) || pixels > l.MaxPixels:
		return press.Fail(press.TooLarge, "photo.pixels", press.Say(
			"%q is %d × %d pixels; a photo may have %d million pixels and sides of %d at most: make it smaller first.",
			"“%s”为 %d × %d 像素，最多 %d 百万像素、边长 %d，请先缩小。", name, w, ht, l.MaxPixels/1_000_000, l.MaxSide))
	case long > short*int64(l.MaxRatio):
		return press.Fail(press.TooLarge, "photo.ratio", press.Say(
			"%q is %d × %d pixels, longer than %d times its width: cut it into parts.",
			"“%s”为 %d × %d 像素，长宽比超过 %d，请裁切成几张。", name, w, ht, l.MaxRatio))
	case pixels > bombPixels && pixels > bytes*pixelsByByte:
		return press.Fail(press.Invalid, "photo.bomb", press.Say(
			"%q claims %d × %d pixels in only %d bytes and is not opened.",
			"“%s”声称有 %d × %d 像素，却只有 %d 字节，不予打开。", name, w, ht, bytes))
	case h.scans > l.MaxScans:
		return press.Fail(press.Invalid, "photo.scans", press.Say(
			"%q is a progressive JPEG of %d scans, more than %d: save it again as an ordinary JPEG.",
			"“%s”是含 %d 次扫描的渐进式 JPEG，超过 %d 次，请另存为普通 JPEG。", name, h.scans, l.MaxScans))
	case h.memory() > l.memory(h):
		return press.Fail(press.TooLarge, "photo.memory", press.Say(
			"%q (%d × %d pixels) would take %d MB of memory to open, more than %d MB: save it smaller, or as an ordinary JPEG.",
			"打开“%s”（%d × %d 像素）需要 %d MB 内存，超过 %d MB，请缩小或另存为普通 JPEG。",
			name, w, ht, h.memory()>>20, l.memory(h)>>20))
	}
	return nil
}

func (l Limits) memory(h *header) int64 {
	if h.heif != nil {
		return l.MaxApart
	}
	return l.MaxMemory
}

func broken(name string) *press.Error {
	return press.Fail(press.Invalid, "photo.broken", press.Say(
		"%q is damaged and cannot be opened: export it again.", "“%s”已损坏，无法打开，请重新导出。", name))
}

func truncated(name string) *press.Error {
	return press.Fail(press.Invalid, "photo.truncated", press.Say(
		"%q is incomplete, its end is missing: send the whole file again.", "“%s”不完整（缺少结尾），请重新发送完整文件。", name))
}

func unknown(name string) *press.Error {
	return press.Fail(press.Unsupported, "photo.format", press.Say(
		"%q is not a picture that can be used: send JPEG, HEIC, PNG, WebP, AVIF, GIF, BMP or TIFF.",
		"“%s”不是可用的图片，请提供 JPEG、HEIC、PNG、WebP、AVIF、GIF、BMP 或 TIFF。", name))
}

func notYet(name string, format notSupported) *press.Error {
	return press.Fail(press.Unsupported, "photo.unsupported", press.Say(
		"%[1]q is %[2]s, which is not supported yet: export as JPEG.", "“%[1]s”是%[3]s图片，暂不支持，请导出为 JPEG。",
		name, format.english, format.chinese))
}
