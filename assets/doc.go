// Package assets is what the program carries inside itself: the demo's building
// with its list, its recording and an earlier round.
//
// The building is a simulated one (device/simulate), and its files are written
// by `go generate ./assets`; a test holds them to what the simulation makes.
// The JSON Schemas describe what is published.
//
// It must never know who uses the files.
package assets
