package press

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of attachments.
const (
	MaxAttachments      = 10       // of an article
	MaxAttachmentBytes  = 20 << 20 // of each
	MaxAttachmentName   = 80       // characters, its ending included
	maxAttachmentEnding = 5        // bytes: a dot and four letters

	maxAttachmentNameBytes = 3 * MaxAttachmentName // which most names have at most; file systems take 255
)

// Attachment is a file that readers of a website can fetch under an article. Its bytes are kept under File.
type Attachment struct {
	File Digest `json:"file"`
	Name string `json:"name"` // what readers see, and what the file is called when they fetch it, with its ending
	Size int64  `json:"size"` // bytes
}

// attachmentKind is a kind of file by its ending, with its media type (IANA's register).
type attachmentKind struct{ ending, mime string }

// attachmentKinds are those that can be attached. What a browser would run, or a word processor would, is not among them: no
// page, no drawing, no archive, nothing with macros.
func attachmentKinds() []attachmentKind {
	const office, document = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
	return []attachmentKind{
		{".pdf", "application/pdf"},
		{".doc", "application/msword"},
		{".docx", office + "wordprocessingml.document"},
		{".xls", "application/vnd.ms-excel"},
		{".xlsx", office + "spreadsheetml.sheet"},
		{".ppt", "application/vnd.ms-powerpoint"},
		{".pptx", office + "presentationml.presentation"},
		{".odt", document + "text"},
		{".ods", document + "spreadsheet"},
		{".odp", document + "presentation"},
		{".wps", "application/vnd.ms-works"},
		{".et", "application/octet-stream"}, // not registered
		{".txt", "text/plain"},
		{".csv", "text/csv"},
	}
}

// AttachmentEndings lists the endings of files that can be attached, each with its dot.
func AttachmentEndings() (out []string) {
	for _, k := range attachmentKinds() {
		out = append(out, k.ending)
	}
	return out
}

// AttachmentType returns the media type of a file that can be attached, by the ending of its name.
func AttachmentType(name string) (mime string, ok bool) {
	ending := attachmentEnding(name)
	for _, k := range attachmentKinds() {
		if k.ending == ending {
			return k.mime, true
		}
	}
	return "", false
}

// attachmentEnding is a name's ending in lower case, with its dot.
func attachmentEnding(name string) string { return strings.ToLower(path.Ext(name)) }

// Kind is the kind of file as readers know it, such as PDF or XLSX.
func (a Attachment) Kind() string {
	return strings.ToUpper(strings.TrimPrefix(attachmentEnding(a.Name), "."))
}

// SizeText is the size as readers are told it, such as 340 KB or 2.5 MB.
func (a Attachment) SizeText() string {
	switch {
	case a.Size < 1<<10:
		return fmt.Sprintf("%d B", a.Size)
	case a.Size < 1<<20-1<<9: // what would be rounded to 1024 KB is 1 MB
		return fmt.Sprintf("%d KB", (a.Size+1<<9)>>10)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(a.Size)/(1<<20)), ".0") + " MB"
}

// AttachmentName makes of a file's name one that can stand on a page and in a folder of any system: its last part, on one line,
// without characters that act instead of being read, and at most MaxAttachmentName characters long with its ending kept. A name
// of which nothing is left becomes 附件. Applied to what it made it changes nothing.
func AttachmentName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*`, r): // Windows keeps none of them
			return '_'
		case r == ' ' || r == '\u3000':
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1 // such as what turns the direction of what follows
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.Join(strings.Fields(name), " ")
	ending := path.Ext(name)
	stem := tidyStem(strings.TrimSuffix(name, ending))
	if len(ending) > maxAttachmentEnding || ending == "." {
		stem, ending = tidyStem(name), ""
	}
	if isDevice(stem) {
		stem = "_" + stem
	}
	if most := MaxAttachmentName - utf8.RuneCountInString(ending); utf8.RuneCountInString(stem) > most {
		stem = tidyStem(string([]rune(stem)[:most]))
	}
	for len(stem)+len(ending) > maxAttachmentNameBytes {
		_, last := utf8.DecodeLastRuneInString(stem)
		stem = tidyStem(stem[:len(stem)-last])
	}
	if stem == "" {
		stem = "附件"
	}
	return stem + strings.ToLower(ending)
}

// tidyStem takes away dots and spaces at both ends: those in front hide a file, and Windows drops those behind.
func tidyStem(stem string) string { return strings.Trim(stem, ". ") }

// isDevice reports whether Windows takes a name for a device, whatever its ending.
func isDevice(stem string) bool {
	stem, _, _ = strings.Cut(strings.ToUpper(stem), ".")
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL"}, stem) {
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) && stem[3] >= '0' && stem[3] <= '9'
}

// normalizeAttachments gives attachments fit names, and drops one that is there already.
func normalizeAttachments(list []Attachment) []Attachment {
	var out []Attachment
	for _, a := range list {
		if a.Name = AttachmentName(a.Name); !slices.ContainsFunc(out, func(b Attachment) bool { return a.File == b.File }) {
			out = append(out, a)
		}
	}
	return out
}

// checkAttachments returns what makes attachments unfit to be kept in a revision.
func checkAttachments(list []Attachment) error {
	if err := checkKept(list); err != nil {
		return err
	}
	for _, a := range list {
		if err := CheckAttachmentKind(a.Name); err != nil {
			return err
		}
		if a.Name != AttachmentName(a.Name) {
			return Fail(Invalid, "attachment.name", Say(
				"The attachment's name %q cannot be used; write another of at most %d characters.",
				"附件名“%s”不可用，请改用不超过 %d 个字的名称。", clip(OneLine(a.Name), 40), MaxAttachmentName))
		}
	}
	return nil
}

// checkKept returns what makes attachments unfit to be kept at all, whatever they are called.
func checkKept(list []Attachment) error {
	if err := CheckAttachmentCount(len(list)); err != nil {
		return err
	}
	for _, a := range list {
		if !a.File.Valid() || utf8.RuneCountInString(a.Name) > maxTypedRunes {
			return Fail(Invalid, "attachment.file", Say(
				"An attachment does not name a file that was uploaded; upload it again.", "有附件未指向已上传的文件，请重新上传。"))
		}
		if err := CheckAttachmentSize(a.Name, a.Size); err != nil {
			return err
		}
	}
	return nil
}

// CheckAttachmentCount refuses more attachments than an article may have.
func CheckAttachmentCount(n int) error {
	if n <= MaxAttachments {
		return nil
	}
	return Fail(TooLarge, "attachment.count", Say(
		"The article has %d attachments; at most %d are kept. Take some out, or put them together in one file.",
		"附件有 %d 个，最多 %d 个，请减少或合并为一个文件。", n, MaxAttachments))
}

// CheckAttachmentSize refuses a file that is empty or too large to be attached.
func CheckAttachmentSize(name string, size int64) error {
	switch {
	case size <= 0:
		return Fail(Invalid, "attachment.empty", Say(
			"The attachment %q is empty; upload it again.", "附件“%s”是空文件，请重新上传。", AttachmentName(name)))
	case size > MaxAttachmentBytes:
		return Fail(TooLarge, "attachment.bytes", Say(
			"The attachment %q is larger than %d MB. Make it smaller, or put it on a disk of the organisation and write the link into the text.",
			"附件“%s”超过 %d MB，请压缩，或存放到单位网盘并在正文中附上链接。", AttachmentName(name), MaxAttachmentBytes>>20))
	}
	return nil
}

// CheckAttachmentKind refuses a file that cannot be attached by the ending of its name.
func CheckAttachmentKind(name string) error {
	if _, ok := AttachmentType(name); ok {
		return nil
	}
	shown := AttachmentName(name)
	switch attachmentEnding(name) {
	case ".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".xlam", ".pptm", ".potm", ".ppsm":
		return AttachmentMacros(name)
	}
	return Fail(Unsupported, "attachment.kind", Say(
		"%q cannot be attached. PDF, Word, Excel, PowerPoint, WPS, OpenDocument, text and CSV files can.",
		"“%s”不能作为附件。可用的有 PDF、Word、Excel、PPT、WPS、OpenDocument、TXT 与 CSV 文件。", shown))
}

// AttachmentMacros refuses a file with macros.
func AttachmentMacros(name string) *Error {
	name = AttachmentName(name)
	return Fail(Unsupported, "attachment.macros", Say(
		"%q holds macros, which readers must not be given. Save it without macros (.docx, .xlsx or .pptx) or as PDF.",
		"“%s”含有宏，不能提供给读者。请另存为不含宏的格式（.docx、.xlsx、.pptx）或 PDF。", name))
}

// typedAttachments keeps attachments of a working copy with their names as they are typed.
func typedAttachments(list []Attachment) ([]Attachment, error) {
	out := slices.Clone(list)
	for i := range out {
		out[i].Name = strings.Map(writable, strings.ToValidUTF8(out[i].Name, ""))
	}
	return out, checkKept(out)
}

// AttachmentMissing refuses an attachment whose bytes were never kept.
func AttachmentMissing(a Attachment) *Error {
	return Fail(Invalid, "attachment.missing", Say(
		"The file of the attachment %q was not uploaded, or not whole. Upload it again.", "附件“%s”的文件没有上传或不完整，请重新上传。", AttachmentName(a.Name)))
}

// CheckRenamed refuses a new name for an attachment whose ending promises another kind of file than was kept.
func CheckRenamed(kept, now Attachment) error {
	was, is := attachmentEnding(kept.Name), attachmentEnding(now.Name)
	if was == is || inOneForm(was) != "" && inOneForm(was) == inOneForm(is) {
		return nil
	}
	return Fail(Invalid, "attachment.renamed", Say(
		"The attachment %q is a %s file; its name must keep that ending.", "附件“%s”是 %s 文件，改名时须保留原有后缀。",
		AttachmentName(now.Name), kept.Kind()))
}

// inOneForm names what several endings have in common where the bytes do not tell them apart.
func inOneForm(ending string) string {
	switch ending {
	case ".txt", ".csv":
		return "text"
	case ".doc", ".xls", ".ppt", ".wps", ".et":
		return "compound"
	}
	return ""
}
