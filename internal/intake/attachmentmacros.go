package intake

import (
	"bytes"
	"encoding/binary"
)

// macroSpan is how many bytes side by side tell of macros in a compound file, at most.
const macroSpan = 32

var (
	// vbaProject is how the directory of a compound file (MS-CFB 2.6.1) names what holds macros, in UTF-16.
	vbaProject = []byte("_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J\x00E\x00C\x00T\x00")
	// vbaInfo begins a presentation's VBAInfoContainer (MS-PPT 2.4.10) with the VBAInfoAtom in it. Its macros lie compressed in the
	// presentation itself, so that no directory names them.
	vbaInfo = []byte("\x1f\x00\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00")
)

// compoundMacros reports whether a piece of a compound file tells of macros: those of VBA, or sheets of Excel 4 macros.
func compoundMacros(p []byte) bool {
	return bytes.Contains(p, vbaProject) || hasVBAInfo(p) || hasMacroSheet(p)
}

// hasVBAInfo looks for a VBAInfoAtom that refers to a project.
func hasVBAInfo(p []byte) bool {
	for {
		at := bytes.Index(p, vbaInfo)
		if at < 0 || at+len(vbaInfo)+4 > len(p) {
			return false
		}
		if p = p[at+len(vbaInfo):]; binary.LittleEndian.Uint32(p) != 0 {
			return true
		}
	}
}

// hasMacroSheet looks for a BoundSheet8 record (MS-XLS 2.4.28) of a macro sheet: a record of that type which is as long as the
// name in it says. By chance so many bytes are not right in files of this size.
func hasMacroSheet(p []byte) bool {
	const record, header, fixed, macros = 0x85, 4, 8, 1
	for at := 0; ; at++ {
		next := bytes.IndexByte(p[at:], record)
		if next < 0 {
			return false
		}
		at += next
		r := p[at:]
		if len(r) < header+fixed {
			return false
		}
		size, kind, length, wide := int(binary.LittleEndian.Uint16(r[2:])), r[9], int(r[10]), int(r[11]&1)
		if r[1] == 0 && kind == macros && length > 0 && length <= 31 && size == fixed+length*(1+wide) {
			return true
		}
	}
}
