//go:build amd64 && !purego

#include "textflag.h"

// The loops of kernel_amd64.go. Samples are bytes in the source and in the result, and words with 6 bits of fraction
// between the two filters; weights are words with 14. Rounding is that of fraction and storeRow.

DATA roundAcross<>+0(SB)/4, $0x80
GLOBL roundAcross<>(SB), RODATA|NOPTR, $4

DATA roundDown<>+0(SB)/4, $0x80000
GLOBL roundDown<>(SB), RODATA|NOPTR, $4

// packs leave each half of a register on its own; this is the order that puts the halves together
DATA together<>+0(SB)/4, $0
DATA together<>+4(SB)/4, $4
DATA together<>+8(SB)/4, $1
DATA together<>+12(SB)/4, $5
DATA together<>+16(SB)/4, $2
DATA together<>+20(SB)/4, $6
DATA together<>+24(SB)/4, $3
DATA together<>+28(SB)/4, $7
GLOBL together<>(SB), RODATA|NOPTR, $32

// a shuffle is moved on by a pair of taps with it
DATA onward<>+0(SB)/4, $0x00020002
GLOBL onward<>(SB), RODATA|NOPTR, $4

// the bytes of two groups of four samples of a row
#define LOAD(row, to) \
	VMOVDQU     (row)(AX*1), X8           \
	VINSERTI128 $1, (row)(DX*1), Y8, to

// adds two taps of eight samples of a row to a sum: Y12 holds the shuffle, Y13 the weights
#define TAPS(of, sum) \
	VPSHUFB  Y12, of, Y8    \
	VPMADDWD Y13, Y8, Y8    \
	VPADDD   Y8, sum, sum

// func acrossAVX2(dst0, dst1 *int32, a, b, c, d *byte, starts *int32, table, last *byte, pairs, each int)
//
// Filters four rows along x. dst0 gets a and b side by side, dst1 c and d: eight samples for each part of the table.
TEXT ·acrossAVX2(SB), NOSPLIT, $0-88
	MOVQ dst0+0(FP), DI
	MOVQ dst1+8(FP), SI
	MOVQ a+16(FP), R8
	MOVQ b+24(FP), R9
	MOVQ c+32(FP), R10
	MOVQ d+40(FP), R11
	MOVQ starts+48(FP), R12
	MOVQ table+56(FP), R13
	VPBROADCASTD roundAcross<>(SB), Y9
	VPBROADCASTD onward<>(SB), Y10

eight:
	MOVLQSX 0(R12), AX
	MOVLQSX 4(R12), DX
	VMOVDQU 0(R13), Y11
	VMOVDQA Y9, Y0
	VMOVDQA Y9, Y1
	VMOVDQA Y9, Y2
	VMOVDQA Y9, Y3
	ADDQ    $8, R12
	ADDQ    $32, R13
	MOVQ    pairs+72(FP), BX

load:
	LOAD(R8, Y4)
	LOAD(R9, Y5)
	LOAD(R10, Y6)
	LOAD(R11, Y7)
	VMOVDQA Y11, Y12
	MOVQ    each+80(FP), CX
	CMPQ    CX, BX
	CMOVQGT BX, CX
	SUBQ    CX, BX
	LEAQ    (AX)(CX*2), AX
	LEAQ    (DX)(CX*2), DX

pair:
	VMOVDQU 0(R13), Y13
	TAPS(Y4, Y0)
	TAPS(Y5, Y1)
	TAPS(Y6, Y2)
	TAPS(Y7, Y3)
	VPADDB  Y10, Y12, Y12
	ADDQ    $32, R13
	DECQ    CX
	JNZ     pair
	TESTQ   BX, BX
	JNZ     load

	VPSRAD   $8, Y0, Y0
	VPSRAD   $8, Y1, Y1
	VPSRAD   $8, Y2, Y2
	VPSRAD   $8, Y3, Y3
	VPSLLD   $16, Y1, Y1
	VPSLLD   $16, Y3, Y3
	VPBLENDW $0xAA, Y1, Y0, Y0
	VPBLENDW $0xAA, Y3, Y2, Y2
	VMOVDQU  Y0, 0(DI)
	VMOVDQU  Y2, 0(SI)
	ADDQ     $32, DI
	ADDQ     $32, SI
	CMPQ     R13, last+64(FP)
	JCS      eight
	VZEROUPPER
	RET


// func downAVX2(dst *byte, blocks int, ring *int32, first, stride, size int, weights *int16, pairs int)
//
// Filters along y: blocks of 32 samples from pairs of rows in a ring of size bytes. A row's twin lies beside it, the next two
// rows a stride on, the first two at first.
TEXT ·downAVX2(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DI
	MOVQ blocks+8(FP), R13
	MOVQ ring+16(FP), R9
	MOVQ first+24(FP), SI
	MOVQ stride+32(FP), R10
	MOVQ size+40(FP), R8
	MOVQ weights+48(FP), R11
	MOVQ pairs+56(FP), R12
	VPBROADCASTD roundDown<>(SB), Y8
	VMOVDQU together<>(SB), Y9

block:
	VMOVDQA Y8, Y0
	VMOVDQA Y8, Y1
	VMOVDQA Y8, Y2
	VMOVDQA Y8, Y3
	MOVQ    SI, AX
	MOVQ    R11, DX
	MOVQ    R12, CX

rows:
	VPBROADCASTD (DX), Y7
	LEAQ     (R9)(AX*1), BX
	VPMADDWD 0(BX), Y7, Y4
	VPADDD   Y4, Y0, Y0
	VPMADDWD 32(BX), Y7, Y5
	VPADDD   Y5, Y1, Y1
	VPMADDWD 64(BX), Y7, Y4
	VPADDD   Y4, Y2, Y2
	VPMADDWD 96(BX), Y7, Y5
	VPADDD   Y5, Y3, Y3
	ADDQ     $4, DX
	ADDQ     R10, AX
	XORL     BX, BX
	CMPQ     AX, R8
	CMOVQGE  BX, AX
	DECQ     CX
	JNZ      rows

	VPSRAD    $20, Y0, Y0
	VPSRAD    $20, Y1, Y1
	VPSRAD    $20, Y2, Y2
	VPSRAD    $20, Y3, Y3
	VPACKSSDW Y1, Y0, Y0
	VPACKSSDW Y3, Y2, Y2
	VPACKUSWB Y2, Y0, Y0
	VPERMD    Y0, Y9, Y0
	VMOVDQU   Y0, 0(DI)
	ADDQ      $32, DI
	ADDQ      $128, R9
	DECQ      R13
	JNZ       block
	VZEROUPPER
	RET
