//go:build amd64 && !purego

#include "go_asm.h"
#include "textflag.h"

// The forward transform and the quantization of jpegforward.go for two blocks at once, one in each half of the registers.

#define CONSTANT(n) (n*32)(R8)

// rows in Y0 to Y7 become columns in Y8 to Y15
#define TRANSPOSE \
	VPUNPCKLWD  Y1, Y0, Y8    \
	VPUNPCKHWD  Y1, Y0, Y9    \
	VPUNPCKLWD  Y3, Y2, Y10   \
	VPUNPCKHWD  Y3, Y2, Y11   \
	VPUNPCKLWD  Y5, Y4, Y12   \
	VPUNPCKHWD  Y5, Y4, Y13   \
	VPUNPCKLWD  Y7, Y6, Y14   \
	VPUNPCKHWD  Y7, Y6, Y15   \
	VPUNPCKLDQ  Y10, Y8, Y0   \
	VPUNPCKHDQ  Y10, Y8, Y1   \
	VPUNPCKLDQ  Y11, Y9, Y2   \
	VPUNPCKHDQ  Y11, Y9, Y3   \
	VPUNPCKLDQ  Y14, Y12, Y4  \
	VPUNPCKHDQ  Y14, Y12, Y5  \
	VPUNPCKLDQ  Y15, Y13, Y6  \
	VPUNPCKHDQ  Y15, Y13, Y7  \
	VPUNPCKLQDQ Y4, Y0, Y8    \
	VPUNPCKHQDQ Y4, Y0, Y9    \
	VPUNPCKLQDQ Y5, Y1, Y10   \
	VPUNPCKHQDQ Y5, Y1, Y11   \
	VPUNPCKLQDQ Y6, Y2, Y12   \
	VPUNPCKHQDQ Y6, Y2, Y13   \
	VPUNPCKLQDQ Y7, Y3, Y14   \
	VPUNPCKHQDQ Y7, Y3, Y15

// rounds and shifts two registers of sums; Y15 is half of what is shifted away
#define DESCALE(shift, low, high, to) \
	VPADDD    Y15, low, low     \
	VPADDD    Y15, high, high   \
	VPSRAD    $shift, low, low   \
	VPSRAD    $shift, high, high \
	VPACKSSDW high, low, to

// forward8 without its first and fifth result, which are left in Y0 and Y8 unscaled: from Y8 to Y15 to Y0 to Y7, of which
// 1, 4 and 6 are in Y12, Y8 and Y10.
#define FORWARD(shift, round) \
	VPADDW     Y15, Y8, Y0                        \
	VPSUBW     Y15, Y8, Y7                        \
	VPADDW     Y14, Y9, Y1                        \
	VPSUBW     Y14, Y9, Y6                        \
	VPADDW     Y13, Y10, Y2                       \
	VPSUBW     Y13, Y10, Y5                       \
	VPADDW     Y12, Y11, Y3                       \
	VPSUBW     Y12, Y11, Y4                       \
	VMOVDQU    CONSTANT(round), Y15               \
	VPADDW     Y3, Y0, Y12                        \
	VPSUBW     Y3, Y0, Y8                         \
	VPADDW     Y2, Y1, Y13                        \
	VPSUBW     Y2, Y1, Y9                         \
	VPUNPCKLWD Y8, Y9, Y1                         \
	VPUNPCKHWD Y8, Y9, Y3                         \
	VPADDW     Y13, Y12, Y0                       \
	VPSUBW     Y13, Y12, Y8                       \
	VPMADDWD   CONSTANT(const_forwardEven2), Y1, Y2   \
	VPMADDWD   CONSTANT(const_forwardEven2), Y3, Y9   \
	DESCALE(shift, Y2, Y9, Y2)                    \
	VPMADDWD   CONSTANT(const_forwardEven6), Y1, Y10  \
	VPMADDWD   CONSTANT(const_forwardEven6), Y3, Y11  \
	DESCALE(shift, Y10, Y11, Y10)                 \
	VPADDW     Y6, Y4, Y1                         \
	VPADDW     Y7, Y5, Y3                         \
	VPUNPCKLWD Y3, Y1, Y9                         \
	VPUNPCKHWD Y3, Y1, Y11                        \
	VPMADDWD   CONSTANT(const_forwardSum3), Y9, Y1    \
	VPMADDWD   CONSTANT(const_forwardSum3), Y11, Y3   \
	VPMADDWD   CONSTANT(const_forwardSum4), Y9, Y9    \
	VPMADDWD   CONSTANT(const_forwardSum4), Y11, Y11  \
	VPUNPCKLWD Y7, Y4, Y12                        \
	VPUNPCKHWD Y7, Y4, Y13                        \
	VPMADDWD   CONSTANT(const_forwardOuter7), Y12, Y4 \
	VPMADDWD   CONSTANT(const_forwardOuter7), Y13, Y7 \
	VPADDD     Y1, Y4, Y4                         \
	VPADDD     Y3, Y7, Y7                         \
	DESCALE(shift, Y4, Y7, Y7)                    \
	VPMADDWD   CONSTANT(const_forwardOuter1), Y12, Y12 \
	VPMADDWD   CONSTANT(const_forwardOuter1), Y13, Y13 \
	VPADDD     Y9, Y12, Y12                       \
	VPADDD     Y11, Y13, Y13                      \
	DESCALE(shift, Y12, Y13, Y12)                 \
	VPUNPCKLWD Y6, Y5, Y13                        \
	VPUNPCKHWD Y6, Y5, Y14                        \
	VPMADDWD   CONSTANT(const_forwardInner5), Y13, Y4 \
	VPMADDWD   CONSTANT(const_forwardInner5), Y14, Y5 \
	VPADDD     Y9, Y4, Y4                         \
	VPADDD     Y11, Y5, Y5                        \
	DESCALE(shift, Y4, Y5, Y5)                    \
	VPMADDWD   CONSTANT(const_forwardInner3), Y13, Y13 \
	VPMADDWD   CONSTANT(const_forwardInner3), Y14, Y14 \
	VPADDD     Y1, Y13, Y13                       \
	VPADDD     Y3, Y14, Y14                       \
	DESCALE(shift, Y13, Y14, Y3)

// a row of samples about 0
#define SAMPLES(from, to) \
	VPMOVZXBW from, to \
	VPSUBW    Y15, to, to

// quantizes a row and stores it: half, recip and scale of the row are 256 bytes apart
#define QUANTIZE(row, of) \
	VPABSW       of, Y8                     \
	VPADDW       (32*row)(R9), Y8, Y8       \
	VPMULHUW     (32*row+256)(R9), Y8, Y8   \
	VPMULHUW     (32*row+512)(R9), Y8, Y8   \
	VPMINSW      Y14, Y8, Y8                \
	VPSIGNW      of, Y8, of                 \
	VEXTRACTI128 $0, of, (16*row)(DI)       \
	VEXTRACTI128 $1, of, (16*row+128)(DI)

// which of two rows' coefficients are 0: 16 bits for each block
#define ZEROS(first, second, to) \
	VPACKSSWB second, first, Y8 \
	VPCMPEQB  Y15, Y8, Y8       \
	VPMOVMSKB Y8, to

// func forwardAVX2(to *blockPair, src *byte, step int, q *quantizer, constants *[forwardCount][eight]uint32)
TEXT ·forwardAVX2(SB), NOSPLIT, $0-40
	MOVQ to+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ step+16(FP), DX
	MOVQ q+24(FP), R9
	MOVQ constants+32(FP), R8

	LEAQ    (DX)(DX*2), R10
	LEAQ    (SI)(DX*4), R11
	VMOVDQU CONSTANT(const_forwardMiddle), Y15
	SAMPLES((SI), Y0)
	SAMPLES((SI)(DX*1), Y1)
	SAMPLES((SI)(DX*2), Y2)
	SAMPLES((SI)(R10*1), Y3)
	SAMPLES((R11), Y4)
	SAMPLES((R11)(DX*1), Y5)
	SAMPLES((R11)(DX*2), Y6)
	SAMPLES((R11)(R10*1), Y7)

	TRANSPOSE
	FORWARD(11, const_forwardRound1)
	VPSLLW  $2, Y0, Y0
	VPSLLW  $2, Y8, Y4
	VMOVDQA Y12, Y1
	VMOVDQA Y10, Y6

	TRANSPOSE
	FORWARD(15, const_forwardRound2)
	VMOVDQU CONSTANT(const_forwardPassHalf), Y9
	VPADDW  Y9, Y0, Y0
	VPADDW  Y9, Y8, Y8
	VPSRAW  $2, Y0, Y0
	VPSRAW  $2, Y8, Y4
	VMOVDQA Y12, Y1
	VMOVDQA Y10, Y6

	VMOVDQU CONSTANT(const_forwardMost), Y14
	VPXOR   Y15, Y15, Y15
	QUANTIZE(0, Y0)
	QUANTIZE(1, Y1)
	QUANTIZE(2, Y2)
	QUANTIZE(3, Y3)
	QUANTIZE(4, Y4)
	QUANTIZE(5, Y5)
	QUANTIZE(6, Y6)
	QUANTIZE(7, Y7)

	ZEROS(Y0, Y1, AX)
	ZEROS(Y2, Y3, BX)
	ZEROS(Y4, Y5, CX)
	ZEROS(Y6, Y7, DX)
	MOVWLZX AX, R10
	MOVL    BX, R11
	SHLL    $16, R11
	ORL     R11, R10
	MOVWLZX CX, R12
	MOVL    DX, R11
	SHLL    $16, R11
	ORL     R11, R12
	SHLQ    $32, R12
	ORQ     R12, R10
	NOTQ    R10
	MOVQ    R10, blockPair_mask(DI)
	SHRL    $16, AX
	SHRL    $16, BX
	SHLL    $16, BX
	ORL     BX, AX
	SHRL    $16, CX
	SHRL    $16, DX
	SHLL    $16, DX
	ORL     DX, CX
	SHLQ    $32, CX
	ORQ     CX, AX
	NOTQ    AX
	MOVQ    AX, (blockPair_mask+8)(DI)
	VZEROUPPER
	RET
