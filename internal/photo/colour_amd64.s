//go:build amd64 && !purego

#include "go_asm.h"
#include "textflag.h"

// The loop of colour_amd64.go: conversion.rows for eight chroma samples and the 32 luma samples that they cover. A chroma
// sample's four luma samples are in the same place of four registers, so nothing moves between places.

#define CONSTANT(n) (n*32)(R8)

// looks eight numbers up in a table of the given width of entries; Y4 is lost
#define LOOKUP(table, width, at, to) \
	VPCMPEQD   Y4, Y4, Y4                \
	VPGATHERDD Y4, (table)(at*width), to

// one channel of the result: light of red and green in Y5, of blue in Y7
#define CHANNEL(i, to) \
	VPMADDWD ((const_colourMatrixRG+i)*32)(R8), Y5, Y0 \
	VPMADDWD ((const_colourMatrixB+i)*32)(R8), Y7, Y1  \
	VPADDD   Y1, Y0, Y0                                 \
	VPSRAD   $12, Y0, Y0                                \
	VPMAXSD  Y15, Y0, Y0                                \
	VPMINSD  CONSTANT(const_colourMostLight), Y0, Y0          \
	LOOKUP(R12, 1, Y0, to)                              \
	VPAND    CONSTANT(const_colourByte), to, to

// converts the luma samples in Y0, adds their new chroma to Y10 and Y11 and leaves their new luma in Y0. Y12, Y13 and Y14
// are what chroma adds to luma in red, green and blue.
#define SAMPLES \
	VPADDD   Y12, Y0, Y1                      \
	VPADDD   Y13, Y0, Y2                      \
	VPADDD   Y14, Y0, Y3                      \
	LOOKUP(R9, 4, Y1, Y5)                     \
	LOOKUP(R10, 4, Y2, Y6)                    \
	LOOKUP(R11, 4, Y3, Y7)                    \
	VPSLLD   $16, Y6, Y6                      \
	VPOR     Y6, Y5, Y5                       \
	VPOR     CONSTANT(const_colourRound), Y7, Y7    \
	CHANNEL(0, Y2)                            \
	CHANNEL(1, Y3)                            \
	CHANNEL(2, Y6)                            \
	VPSLLD   $16, Y3, Y0                      \
	VPOR     Y0, Y2, Y2                       \
	VPSLLD   $16, Y6, Y6                      \
	VPOR     Y6, Y3, Y3                       \
	VPMADDWD CONSTANT(const_colourLumaRG), Y2, Y0   \
	VPMADDWD CONSTANT(const_colourLumaGB), Y3, Y1   \
	VPADDD   Y1, Y0, Y0                       \
	VPADDD   CONSTANT(const_colourHalf), Y0, Y0     \
	VPSRLD   $16, Y0, Y0                      \
	VPMADDWD CONSTANT(const_colourURG), Y2, Y4      \
	VPMADDWD CONSTANT(const_colourUGB), Y3, Y5      \
	VPSUBD   Y5, Y4, Y4                       \
	VPADDD   CONSTANT(const_colourMiddle), Y4, Y4   \
	VPMINSD  CONSTANT(const_colourMost), Y4, Y4     \
	VPADDD   Y4, Y10, Y10                     \
	VPMADDWD CONSTANT(const_colourVGB), Y3, Y4      \
	VPMADDWD CONSTANT(const_colourVRG), Y2, Y5      \
	VPSUBD   Y5, Y4, Y4                       \
	VPADDD   CONSTANT(const_colourMiddle), Y4, Y4   \
	VPMINSD  CONSTANT(const_colourMost), Y4, Y4     \
	VPADDD   Y4, Y11, Y11

// converts the 16 luma samples in a register, even ones in the lower bytes of its places, and stores them
#define LUMA(of, to) \
	VPAND     CONSTANT(const_colourByte), of, Y0 \
	SAMPLES                                \
	VPSRLD    $8, of, Y1                   \
	VMOVDQA   Y0, of                       \
	VMOVDQA   Y1, Y0                       \
	SAMPLES                                \
	VPSLLD    $8, Y0, Y0                   \
	VPOR      Y0, of, Y0                   \
	VPACKUSDW Y0, Y0, Y0                   \
	VPERMQ    $0x08, Y0, Y0                \
	VMOVDQU   X0, (to)

// the mean of four samples of chroma, stored as eight bytes
#define CHROMA(sum, to) \
	VPADDD       CONSTANT(const_colourMeanRound), sum, sum \
	VPSRLD       $18, sum, sum                       \
	VPACKUSDW    sum, sum, sum                       \
	VPERMQ       $0x08, sum, sum                     \
	VPACKUSWB    sum, sum, sum                       \
	VMOVDQA      sum, Y0                             \
	VMOVQ        X0, (to)

// func coloursAVX2(top, bottom, cb, cr *byte, eights int, red, green, blue *int32, tone *byte, constants *uint32)
TEXT ·coloursAVX2(SB), NOSPLIT, $0-80
	MOVQ  top+0(FP), SI
	MOVQ  bottom+8(FP), DI
	MOVQ  cb+16(FP), AX
	MOVQ  cr+24(FP), BX
	MOVQ  eights+32(FP), CX
	MOVQ  red+40(FP), R9
	MOVQ  green+48(FP), R10
	MOVQ  blue+56(FP), R11
	MOVQ  tone+64(FP), R12
	MOVQ  constants+72(FP), R8
	VPXOR Y15, Y15, Y15

eight:
	VPMOVZXBD (AX), Y0
	VPMOVZXBD (BX), Y1
	VPSUBD    CONSTANT(const_colourCentre), Y0, Y0
	VPSUBD    CONSTANT(const_colourCentre), Y1, Y1
	VPMULLD   CONSTANT(const_colourRedOfV), Y1, Y12
	VPMULLD   CONSTANT(const_colourGreenOfU), Y0, Y13
	VPMULLD   CONSTANT(const_colourGreenOfV), Y1, Y2
	VPMULLD   CONSTANT(const_colourBlueOfU), Y0, Y14
	VPADDD    Y2, Y13, Y13
	VPADDD    CONSTANT(const_colourHalf), Y12, Y12
	VPADDD    CONSTANT(const_colourHalf), Y13, Y13
	VPADDD    CONSTANT(const_colourHalf), Y14, Y14
	VPSRAD    $16, Y12, Y12
	VPSRAD    $16, Y13, Y13
	VPSRAD    $16, Y14, Y14
	VPXOR     Y10, Y10, Y10
	VPXOR     Y11, Y11, Y11
	VPMOVZXWD (SI), Y8
	VPMOVZXWD (DI), Y9
	LUMA(Y8, SI)
	LUMA(Y9, DI)
	CHROMA(Y10, AX)
	CHROMA(Y11, BX)
	ADDQ      $16, SI
	ADDQ      $16, DI
	ADDQ      $8, AX
	ADDQ      $8, BX
	DECQ      CX
	JNZ       eight
	VZEROUPPER
	RET
