// Command generate writes the demo's files to the folder given as its argument.
// `go generate ./assets` runs it.
//
// It must never know anything that differs between runs: each run writes the same
// bytes.
package main
