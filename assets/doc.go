// Package assets holds the files that are embedded in the program: the demo's
// building with its list, its recording and an earlier round; the JSON Schemas of
// what is published; how families of meters transmit; what earshot says, in each
// language; the fonts of the hand-over document; and the systemd unit.
//
// The building is simulated (device/simulate). `go generate ./assets` writes its
// files, and a test compares them with what the simulation makes.
//
// It must never know what the files are used for.
package assets
