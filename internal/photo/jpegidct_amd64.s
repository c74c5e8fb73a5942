//go:build amd64 && !purego

#include "textflag.h"

// The inverse transforms of jpegidct.go. Coefficients are words, in the order of blockIndex; sums are words of 32 bits; between the two
// passes of a block of eight lie words, saturated.

#define FOUR(name, value) \
DATA name<>+0(SB)/4, $value  \
DATA name<>+4(SB)/4, $value  \
DATA name<>+8(SB)/4, $value  \
DATA name<>+12(SB)/4, $value \

#define FOURS(name, value) \
FOUR(name, value)           \
GLOBL name<>(SB), RODATA|NOPTR, $16

#define EIGHTS(name, value) \
FOUR(name, value)            \
DATA name<>+16(SB)/4, $value \
DATA name<>+20(SB)/4, $value \
DATA name<>+24(SB)/4, $value \
DATA name<>+28(SB)/4, $value \
GLOBL name<>(SB), RODATA|NOPTR, $32

FOURS(shortCos2, 10703)
FOURS(shortCos6, 4433)
FOURS(shortRound1, 0x80)
FOURS(shortRound2, 0x100000)
FOURS(middle, 0x80808080)

// a pair of cosines for a pair of coefficients: 0 and 4, 2 and 6; then 1 and 5, 3 and 7
EIGHTS(even0, 0x20002000)
EIGHTS(even1, 0xe0002000)
EIGHTS(even2, 0xd6311151)
EIGHTS(even3, 0x115129cf)
EIGHTS(odd0a, 0x19242c63)
EIGHTS(odd0b, 0x08d425a1)
EIGHTS(odd1a, 0xd39d25a1)
EIGHTS(odd1b, 0xe6dcf72c)
EIGHTS(odd2a, 0x08d41924)
EIGHTS(odd2b, 0x25a1d39d)
EIGHTS(odd3a, 0x25a108d4)
EIGHTS(odd3b, 0xd39de6dc)
EIGHTS(round1, 0x400)
EIGHTS(round2, 0x20000)
EIGHTS(middles, 0x80808080)

// words 0 to 3 and 4 to 7 of each half, one by one side by side
DATA zip<>+0(SB)/8, $0x0b0a030209080100
DATA zip<>+8(SB)/8, $0x0f0e07060d0c0504
DATA zip<>+16(SB)/8, $0x0b0a030209080100
DATA zip<>+24(SB)/8, $0x0f0e07060d0c0504
GLOBL zip<>(SB), RODATA|NOPTR, $32

// One pass over eight lines at once: of the pairs in Y0 (0 and 4), Y1 (2 and 6), Y2 (1 and 5), Y3 (3 and 7) it makes
// outputs 0 to 7 in Y4 to Y11.
#define LINES(round, shift) \
	VPMADDWD even0<>(SB), Y0, Y12 \
	VPMADDWD even1<>(SB), Y0, Y13 \
	VPADDD   round<>(SB), Y12, Y12 \
	VPADDD   round<>(SB), Y13, Y13 \
	VPMADDWD even2<>(SB), Y1, Y14 \
	VPMADDWD even3<>(SB), Y1, Y15 \
	VPADDD   Y15, Y12, Y4 \
	VPSUBD   Y15, Y12, Y7 \
	VPADDD   Y14, Y13, Y5 \
	VPSUBD   Y14, Y13, Y6 \
	VPMADDWD odd0a<>(SB), Y2, Y12 \
	VPMADDWD odd0b<>(SB), Y3, Y13 \
	VPADDD   Y13, Y12, Y12 \
	VPMADDWD odd1a<>(SB), Y2, Y13 \
	VPMADDWD odd1b<>(SB), Y3, Y14 \
	VPADDD   Y14, Y13, Y13 \
	VPMADDWD odd2a<>(SB), Y2, Y14 \
	VPMADDWD odd2b<>(SB), Y3, Y15 \
	VPADDD   Y15, Y14, Y14 \
	VPMADDWD odd3a<>(SB), Y2, Y15 \
	VPMADDWD odd3b<>(SB), Y3, Y0 \
	VPADDD   Y0, Y15, Y15 \
	VPSUBD   Y12, Y4, Y11 \
	VPADDD   Y12, Y4, Y4 \
	VPSUBD   Y13, Y5, Y10 \
	VPADDD   Y13, Y5, Y5 \
	VPSUBD   Y14, Y6, Y9 \
	VPADDD   Y14, Y6, Y6 \
	VPSUBD   Y15, Y7, Y8 \
	VPADDD   Y15, Y7, Y7 \
	VPSRAD   shift, Y4, Y4 \
	VPSRAD   shift, Y5, Y5 \
	VPSRAD   shift, Y6, Y6 \
	VPSRAD   shift, Y7, Y7 \
	VPSRAD   shift, Y8, Y8 \
	VPSRAD   shift, Y9, Y9 \
	VPSRAD   shift, Y10, Y10 \
	VPSRAD   shift, Y11, Y11

// Packs Y4 to Y11, which hold lines 0 to 7 of eight columns, into words and puts columns together: Y12 has words 0 to 3 of
// columns 0, 1 (4, 5 in the high half), Y13 of 2, 3 (6, 7); Y14 and Y15 words 4 to 7 of the same.
#define COLUMNS \
	VPACKSSDW  Y8, Y4, Y4 \
	VPACKSSDW  Y9, Y5, Y5 \
	VPACKSSDW  Y10, Y6, Y6 \
	VPACKSSDW  Y11, Y7, Y7 \
	VPUNPCKLWD Y5, Y4, Y8 \
	VPUNPCKHWD Y5, Y4, Y9 \
	VPUNPCKLWD Y7, Y6, Y10 \
	VPUNPCKHWD Y7, Y6, Y11 \
	VPUNPCKLDQ Y10, Y8, Y12 \
	VPUNPCKHDQ Y10, Y8, Y13 \
	VPUNPCKLDQ Y11, Y9, Y14 \
	VPUNPCKHDQ Y11, Y9, Y15

// func idct8AVX2(block *blockSamples, dst *byte, step int)
TEXT ·idct8AVX2(SB), NOSPLIT, $0-24
	MOVQ block+0(FP), SI
	MOVQ dst+8(FP), DI
	MOVQ step+16(FP), CX

	VMOVDQU 0(SI), Y0
	VMOVDQU 32(SI), Y1
	VMOVDQU 64(SI), Y2
	VMOVDQU 96(SI), Y3
	LINES(round1, $11)
	COLUMNS

	// the second pass wants pairs of columns 0 and 4, 2 and 6, 1 and 5, 3 and 7
	VPERMQ     $0xd8, Y12, Y12
	VPERMQ     $0xd8, Y13, Y13
	VPERMQ     $0xd8, Y14, Y14
	VPERMQ     $0xd8, Y15, Y15
	VMOVDQU    zip<>(SB), Y0
	VPSHUFB    Y0, Y12, Y12
	VPSHUFB    Y0, Y13, Y13
	VPSHUFB    Y0, Y14, Y14
	VPSHUFB    Y0, Y15, Y15
	VPERM2I128 $0x20, Y14, Y12, Y0
	VPERM2I128 $0x31, Y14, Y12, Y2
	VPERM2I128 $0x20, Y15, Y13, Y1
	VPERM2I128 $0x31, Y15, Y13, Y3
	LINES(round2, $18)
	COLUMNS

	// rows 0 and 4, 1 and 5, 2 and 6, 3 and 7
	VPUNPCKLQDQ Y14, Y12, Y0
	VPUNPCKHQDQ Y14, Y12, Y1
	VPUNPCKLQDQ Y15, Y13, Y2
	VPUNPCKHQDQ Y15, Y13, Y3
	VPACKSSWB   Y1, Y0, Y0
	VPACKSSWB   Y3, Y2, Y2
	VPXOR       middles<>(SB), Y0, Y0
	VPXOR       middles<>(SB), Y2, Y2
	LEAQ        (DI)(CX*4), R8
	LEAQ        (CX)(CX*2), DX
	VEXTRACTI128 $1, Y0, X1
	VEXTRACTI128 $1, Y2, X3
	VMOVQ       X0, (DI)
	VPEXTRQ     $1, X0, (DI)(CX*1)
	VMOVQ       X2, (DI)(CX*2)
	VPEXTRQ     $1, X2, (DI)(DX*1)
	VMOVQ       X1, (R8)
	VPEXTRQ     $1, X1, (R8)(CX*1)
	VMOVQ       X3, (R8)(CX*2)
	VPEXTRQ     $1, X3, (R8)(DX*1)
	VZEROUPPER
	RET

// One pass over four lines at once, of coefficients 0 to 3 in X0 to X3; X14 and X15 hold the cosines.
#define SHORTLINES(round, shift) \
	VPADDD  X2, X0, X4 \
	VPSUBD  X2, X0, X5 \
	VPSLLD  $13, X4, X4 \
	VPSLLD  $13, X5, X5 \
	VPADDD  round<>(SB), X4, X4 \
	VPADDD  round<>(SB), X5, X5 \
	VPMULLD X14, X1, X6 \
	VPMULLD X15, X3, X7 \
	VPMULLD X15, X1, X8 \
	VPMULLD X14, X3, X9 \
	VPADDD  X7, X6, X6 \
	VPSUBD  X9, X8, X8 \
	VPADDD  X6, X4, X0 \
	VPADDD  X8, X5, X1 \
	VPSUBD  X8, X5, X2 \
	VPSUBD  X6, X4, X3 \
	VPSRAD  shift, X0, X0 \
	VPSRAD  shift, X1, X1 \
	VPSRAD  shift, X2, X2 \
	VPSRAD  shift, X3, X3

// func idct4AVX2(block *blockSamples, dst *byte, step int)
TEXT ·idct4AVX2(SB), NOSPLIT, $0-24
	MOVQ block+0(FP), SI
	MOVQ dst+8(FP), DI
	MOVQ step+16(FP), CX

	VMOVDQU   shortCos2<>(SB), X14
	VMOVDQU   shortCos6<>(SB), X15
	VPMOVSXWD 0(SI), X0
	VPMOVSXWD 8(SI), X1
	VPMOVSXWD 16(SI), X2
	VPMOVSXWD 24(SI), X3
	SHORTLINES(shortRound1, $8)

	VPUNPCKLDQ  X1, X0, X4
	VPUNPCKHDQ  X1, X0, X5
	VPUNPCKLDQ  X3, X2, X6
	VPUNPCKHDQ  X3, X2, X7
	VPUNPCKLQDQ X6, X4, X0
	VPUNPCKHQDQ X6, X4, X1
	VPUNPCKLQDQ X7, X5, X2
	VPUNPCKHQDQ X7, X5, X3
	SHORTLINES(shortRound2, $21)

	VPACKSSDW X1, X0, X0
	VPACKSSDW X3, X2, X2
	VPACKSSWB X2, X0, X0
	VPXOR     middle<>(SB), X0, X0
	LEAQ      (CX)(CX*2), DX
	VMOVD     X0, (DI)
	VPEXTRD   $1, X0, (DI)(CX*1)
	VPEXTRD   $2, X0, (DI)(CX*2)
	VPEXTRD   $3, X0, (DI)(DX*1)
	VZEROUPPER
	RET
