//go:build amd64 && !purego

#include "textflag.h"

// The forward transform of jpegfdct.go. Samples, and what lies between the two passes, are words; sums are words of 32 bits.

#define EIGHTS(name, value) \
DATA name<>+0(SB)/4, $value  \
DATA name<>+4(SB)/4, $value  \
DATA name<>+8(SB)/4, $value  \
DATA name<>+12(SB)/4, $value \
DATA name<>+16(SB)/4, $value \
DATA name<>+20(SB)/4, $value \
DATA name<>+24(SB)/4, $value \
DATA name<>+28(SB)/4, $value \
GLOBL name<>(SB), RODATA|NOPTR, $32

// factors for pairs: sums 0 and 1, 0 and 1 crosswise; then differences 0 and 1, 2 and 3
EIGHTS(sum0, 0x20002000)
EIGHTS(sum4, 0xe0002000)
EIGHTS(sum2, 0x115129cf)
EIGHTS(sum6, 0xd6301151)
EIGHTS(diff1a, 0x25a12c63)
EIGHTS(diff1b, 0x08d41925)
EIGHTS(diff3a, 0xf72d25a1)
EIGHTS(diff3b, 0xe6dcd39e)
EIGHTS(diff5a, 0xd39e1925)
EIGHTS(diff5b, 0x25a108d5)
EIGHTS(diff7a, 0xe6dc08d4)
EIGHTS(diff7b, 0xd39d25a1)
EIGHTS(fround1, 0x400)
EIGHTS(fround2, 0x4000)
EIGHTS(fmiddle, 0x00800080)
EIGHTS(fmost, 0x03ff03ff)

// words 0 to 3 and 4 to 7 of each half, one by one side by side
DATA fzip<>+0(SB)/8, $0x0b0a030209080100
DATA fzip<>+8(SB)/8, $0x0f0e07060d0c0504
DATA fzip<>+16(SB)/8, $0x0b0a030209080100
DATA fzip<>+24(SB)/8, $0x0f0e07060d0c0504
GLOBL fzip<>(SB), RODATA|NOPTR, $32

// one output from a pair each of two registers
#define TWO(f, g, round, shift, dst) \
	VPMADDWD f<>(SB), Y2, dst \
	VPMADDWD g<>(SB), Y3, Y15 \
	VPADDD   round<>(SB), dst, dst \
	VPADDD   Y15, dst, dst \
	VPSRAD   shift, dst, dst

#define ONE(f, from, round, shift, dst) \
	VPMADDWD f<>(SB), from, dst \
	VPADDD   round<>(SB), dst, dst \
	VPSRAD   shift, dst, dst

#define ZIP(r) \
	VPERMQ  $0xd8, r, r \
	VPSHUFB Y14, r, r

// One pass over eight lines at once: Y0 holds words 0 and 1 of all, in its halves, Y1 7 and 6, Y2 2 and 3, Y3 5 and 4.
// Outputs 0 to 7 come in Y4 to Y11.
#define FLINES(round, shift) \
	VMOVDQU fzip<>(SB), Y14 \
	VPADDW  Y1, Y0, Y4 \
	VPSUBW  Y1, Y0, Y5 \
	VPADDW  Y3, Y2, Y6 \
	VPSUBW  Y3, Y2, Y7 \
	VPERMQ  $0x4e, Y6, Y6 \
	VPADDW  Y6, Y4, Y0 \
	VPSUBW  Y6, Y4, Y1 \
	VMOVDQA Y5, Y2 \
	VMOVDQA Y7, Y3 \
	ZIP(Y0) \
	ZIP(Y1) \
	ZIP(Y2) \
	ZIP(Y3) \
	ONE(sum0, Y0, round, shift, Y4) \
	ONE(sum2, Y1, round, shift, Y6) \
	ONE(sum4, Y0, round, shift, Y8) \
	ONE(sum6, Y1, round, shift, Y10) \
	TWO(diff1a, diff1b, round, shift, Y5) \
	TWO(diff3a, diff3b, round, shift, Y7) \
	TWO(diff5a, diff5b, round, shift, Y9) \
	TWO(diff7a, diff7b, round, shift, Y11)

// Divides two rows of coefficients, four words of each of lo and four of hi.
#define QUANTIZE(b, a, at, dst) \
	VPACKSSDW b, a, Y12 \
	VPERMQ    $0xd8, Y12, Y12 \
	VPABSW    Y12, Y13 \
	VPADDW    at(R8), Y13, Y13 \
	VPMULHUW  (at+128)(R8), Y13, Y13 \
	VPMULHUW  (at+256)(R8), Y13, Y13 \
	VPMINSW   Y15, Y13, Y13 \
	VPSIGNW   Y12, Y13, dst \
	VMOVDQU   dst, at(DI) \
	VPCMPEQW  Y14, dst, dst

// func fdctAVX2(out *[64]int16, src *byte, step int, t *divisors) uint64
TEXT ·fdctAVX2(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ step+16(FP), CX
	MOVQ t+24(FP), R8
	LEAQ (CX)(CX*2), DX
	LEAQ (SI)(CX*4), R9

	// columns of bytes become rows
	VMOVQ (SI), X0
	VMOVQ (SI)(CX*1), X1
	VMOVQ (SI)(CX*2), X2
	VMOVQ (SI)(DX*1), X3
	VMOVQ (R9), X4
	VMOVQ (R9)(CX*1), X5
	VMOVQ (R9)(CX*2), X6
	VMOVQ (R9)(DX*1), X7
	VPUNPCKLBW X1, X0, X0
	VPUNPCKLBW X3, X2, X2
	VPUNPCKLBW X5, X4, X4
	VPUNPCKLBW X7, X6, X6
	VPUNPCKLWD X2, X0, X1
	VPUNPCKHWD X2, X0, X3
	VPUNPCKLWD X6, X4, X5
	VPUNPCKHWD X6, X4, X7
	VPUNPCKLDQ X5, X1, X8
	VPUNPCKHDQ X5, X1, X9
	VPUNPCKLDQ X7, X3, X10
	VPUNPCKHDQ X7, X3, X11
	VPMOVZXBW  X8, Y0
	VPMOVZXBW  X9, Y2
	VPMOVZXBW  X10, Y3
	VPMOVZXBW  X11, Y1
	VMOVDQU    fmiddle<>(SB), Y4
	VPSUBW     Y4, Y0, Y0
	VPSUBW     Y4, Y1, Y1
	VPSUBW     Y4, Y2, Y2
	VPSUBW     Y4, Y3, Y3
	VPERMQ     $0x4e, Y1, Y1
	VPERMQ     $0x4e, Y3, Y3
	FLINES(fround1, $11)

	// back to rows of words, by twos
	VPACKSSDW   Y8, Y4, Y4
	VPACKSSDW   Y9, Y5, Y5
	VPACKSSDW   Y10, Y6, Y6
	VPACKSSDW   Y11, Y7, Y7
	VPUNPCKLWD  Y5, Y4, Y8
	VPUNPCKHWD  Y5, Y4, Y9
	VPUNPCKLWD  Y7, Y6, Y10
	VPUNPCKHWD  Y7, Y6, Y11
	VPUNPCKLDQ  Y10, Y8, Y12
	VPUNPCKHDQ  Y10, Y8, Y13
	VPUNPCKLDQ  Y11, Y9, Y14
	VPUNPCKHDQ  Y11, Y9, Y15
	VPUNPCKLQDQ Y14, Y12, Y4 // 0 and 4
	VPUNPCKHQDQ Y14, Y12, Y5 // 1 and 5
	VPUNPCKLQDQ Y15, Y13, Y6 // 2 and 6
	VPUNPCKHQDQ Y15, Y13, Y7 // 3 and 7
	VPERM2I128  $0x20, Y5, Y4, Y0
	VPERM2I128  $0x31, Y6, Y7, Y1
	VPERM2I128  $0x20, Y7, Y6, Y2
	VPERM2I128  $0x31, Y4, Y5, Y3
	FLINES(fround2, $15)

	VPXOR   Y14, Y14, Y14
	VMOVDQU fmost<>(SB), Y15
	QUANTIZE(Y5, Y4, 0, Y0)
	QUANTIZE(Y7, Y6, 32, Y1)
	QUANTIZE(Y9, Y8, 64, Y2)
	QUANTIZE(Y11, Y10, 96, Y3)
	VPACKSSWB Y1, Y0, Y0
	VPACKSSWB Y3, Y2, Y2
	VPERMQ    $0xd8, Y0, Y0
	VPERMQ    $0xd8, Y2, Y2
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y2, BX
	SHLQ      $32, BX
	ORQ       BX, AX
	NOTQ      AX
	MOVQ      AX, ret+32(FP)
	VZEROUPPER
	RET
