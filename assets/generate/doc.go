// Command generate writes the demo's files into the folder that its argument
// names. It is run by `go generate ./assets`.
//
// It must never know anything that differs from run to run: the files are the
// same bytes each time.
package main
