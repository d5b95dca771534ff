package assets

import "embed"

//go:generate go run ./generate demo

//go:embed demo
var files embed.FS

// DemoSite is the name of the demo's building.
const DemoSite = "Søndergade 12"

// DemoMeters returns the meter list of the demo's building: CSV, as
// collector/site reads it.
func DemoMeters() []byte { return read("demo/meters.csv") }

// DemoRecording returns what was on the air while the demo's round ran: JSON
// Lines, as device/replay plays it.
func DemoRecording() []byte { return read("demo/building.jsonl") }

// DemoHistory returns what an earlier round received two days before: one telegram
// each from some of the meters, as JSON Lines.
func DemoHistory() []byte { return read("demo/history.jsonl") }

// DemoReadme describes the building and what is wrong with it.
func DemoReadme() []byte { return read("demo/README.md") }

// read returns a copy of an embedded file.
func read(name string) []byte {
	text, err := files.ReadFile(name)
	if err != nil {
		panic("assets: " + err.Error()) // the compiler embedded it
	}
	return text
}
