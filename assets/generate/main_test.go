package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"earshot/assets"
	"earshot/device/replay"
)

// The embedded files are what the simulation makes.
func TestEmbeddedFilesAreFresh(t *testing.T) {
	t.Parallel()
	embedded := map[string][]byte{
		"meters.csv": assets.DemoMeters(), "building.jsonl": assets.DemoRecording(),
		"history.jsonl": assets.DemoHistory(), "README.md": assets.DemoReadme(),
	}
	files, err := demo()
	if err != nil || len(files) != len(embedded) {
		t.Fatalf("%d files, %v; want %d", len(files), err, len(embedded))
	}
	for _, f := range files {
		if !bytes.Equal(f.text, embedded[f.name]) {
			t.Errorf("%s differs from what the simulation makes: run go generate ./assets", f.name)
		}
	}
}

// What is recorded plays: every line is read, in the order of the air.
func TestRecordingsCanBeRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string][]byte{"recording": assets.DemoRecording(), "history": assets.DemoHistory()} {
		frames, err := replay.Read(bytes.NewReader(text))
		if err != nil || len(frames) != bytes.Count(text, []byte("\n")) {
			t.Errorf("%s: %d frames, %v", name, len(frames), err)
		}
		for i := 1; i < len(frames); i++ {
			if frames[i].AirTime.Before(frames[i-1].AirTime) {
				t.Errorf("%s: line %d is older than the one before it", name, i+1)
			}
		}
	}
}

func TestRunWritesTheFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := run(dir); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "meters.csv"))
	if err != nil || !bytes.Equal(got, assets.DemoMeters()) {
		t.Errorf("meters.csv: %d bytes, %v", len(got), err)
	}
	if err := run(filepath.Join(dir, "missing")); err == nil {
		t.Error("a folder that is not there is no error")
	}
}
