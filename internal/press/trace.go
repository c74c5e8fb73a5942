package press

// Trace is a kind of metadata that a photo's file carries beside its picture. No rendition has any.
type Trace string

// The kinds, in the order in which they are told.
const (
	TracePlace     Trace = "place"     // where it was taken
	TraceTime      Trace = "time"      // when
	TraceDevice    Trace = "device"    // camera, phone, lens, serial numbers, settings
	TraceArtist    Trace = "artist"    // names of people: photographer, owner, rights
	TraceCaption   Trace = "caption"   // titles, descriptions, keywords, comments
	TraceSoftware  Trace = "software"  // what it was edited with, and how
	TraceThumbnail Trace = "thumbnail" // a small picture inside, maybe of before it was cropped
	TraceOther     Trace = "other"
)

// Traces are all kinds.
func Traces() []Trace {
	return []Trace{TracePlace, TraceTime, TraceDevice, TraceArtist, TraceCaption, TraceSoftware, TraceThumbnail, TraceOther}
}

// Text is the kind's name for people.
func (t Trace) Text() Text {
	switch t {
	case TracePlace:
		return Say("place", "位置")
	case TraceTime:
		return Say("time", "时间")
	case TraceDevice:
		return Say("device", "设备")
	case TraceArtist:
		return Say("names", "人名")
	case TraceCaption:
		return Say("descriptions", "说明文字")
	case TraceSoftware:
		return Say("editing", "编辑痕迹")
	case TraceThumbnail:
		return Say("thumbnail", "缩略图")
	}
	return Say("other data", "其他数据")
}
