package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"earshot/device"
	"earshot/device/replay"
	"earshot/device/simulate"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(folder string) error {
	files, err := demo()
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(folder, f.name), f.text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// file is one of the demo's files.
type file struct {
	name string
	text []byte
}

// demo makes all the files.
func demo() ([]file, error) {
	var list, recording, history bytes.Buffer
	b := simulate.Demo()
	if err := simulate.WriteList(&list, b.Rows()); err != nil {
		return nil, err
	}
	if err := record(&recording, simulate.DemoRecording()); err != nil {
		return nil, err
	}
	if err := record(&history, simulate.DemoHistory()); err != nil {
		return nil, err
	}
	return []file{
		{"meters.csv", list.Bytes()},
		{"building.jsonl", recording.Bytes()},
		{"history.jsonl", history.Bytes()},
		{"README.md", []byte(readme(b))},
	}, nil
}

func record(to *bytes.Buffer, frames []device.Frame) error {
	w := replay.NewWriter(to)
	for _, f := range frames {
		f.Receiver = "simulated"
		if err := w.Write(f); err != nil {
			return err
		}
	}
	return nil
}

// readme describes the files and lists what an installer has to find out.
func readme(b *simulate.Building) string {
	var text bytes.Buffer
	rows := b.Rows()
	fmt.Fprintf(&text, `# Søndergade 12

A simulated building: its meters, numbers, keys and readings are invented by device/simulate, and its
telegrams were encoded and encrypted by device/wmbus. Written by %[1]sgo generate ./assets%[1]s; do not edit.

- %[1]smeters.csv%[1]s: the supplier's list, %[2]d meters, mistakes included
- %[1]sbuilding.jsonl%[1]s: %[3]s on the air, as device/replay plays it
- %[1]shistory.jsonl%[1]s: one telegram each of some of the meters, two days before

What is wrong, by line of the list:

| line | place | listed as | what |
| --- | --- | --- | --- |
`, "`", len(rows), simulate.DemoLength)
	for _, m := range b.Mishaps() {
		row := rows[m.Row]
		what := string(m.Kind)
		switch m.Kind {
		case simulate.SwappedKeys:
			what = fmt.Sprintf("its key and that of line %d are swapped", m.Rows[1]+2)
		case simulate.TurnedDigit:
			what = fmt.Sprintf("two digits of the number are turned round: the meter is %s", m.Meter.Address.ID)
		}
		fmt.Fprintf(&text, "| %d | %s | %s-%s %s | %s |\n", m.Row+2, row.Place, row.Manufacturer, row.ID, row.Medium, what)
	}
	fmt.Fprintf(&text, "\n%d meters next door are heard and are not in the list.\n", len(b.Meters())-len(rows))
	return text.String()
}
