// Package photo makes renditions of photos. It knows bytes and pixels, and no storage.
//
//	            header only                     decoded once, in a budget of memory
//	bytes ──▶ Inspect ──▶ limits ──▶ decode ──▶ master ≤ 1600 wide ──▶ 1080, 960, covers ──▶ 480, square, thumb
//	            │                      │          upright, sRGB,            (each from the smallest
//	            ▼                      │          no metadata                ancestor that covers it)
//	          refusal                  │
//	                                   ├─ JPEG in YCbCr or grey: decoded at 1/1, 1/2, 1/4 or 1/8 of its size, resampled row
//	                                   │  by row as it is decoded (progressive ones when they are), turned and coloured as
//	                                   │  planes; it never becomes RGB pixels
//	                                   ├─ HEIC and AVIF: another process makes a JPEG or PNG of the stored picture; see opener
//	                                   └─ everything else: standard decoders, then imaging down to the master
//
// Everything about a file is judged from its header before a pixel is decoded: format, completeness, pixels, proportions,
// scans, and the memory that decoding will take. Renditions depend on the original, the recipe, its version and the frame
// alone, never on which other renditions were asked for at the same time.
package photo
