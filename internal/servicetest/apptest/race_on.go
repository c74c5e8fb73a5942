//go:build race

package apptest

// raced: the race detector makes the WebP encoder, which is WebAssembly compiled on the way, slower than everything else.
const raced = true
