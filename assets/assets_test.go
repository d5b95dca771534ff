package assets_test

import (
	"bytes"
	"strings"
	"testing"

	"earshot/assets"
)

func TestDemoFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text  []byte
		lines int
		holds string
	}{
		"list":      {text: assets.DemoMeters(), lines: 49, holds: "id,manufacturer,key,"},
		"recording": {text: assets.DemoRecording(), lines: 150, holds: `"time":"2026-03-02T09:15:`},
		"history":   {text: assets.DemoHistory(), lines: 8, holds: `"time":"2026-02-28T10:15:`},
		"readme":    {text: assets.DemoReadme(), lines: 15, holds: "A simulated building"},
	} {
		if n := bytes.Count(c.text, []byte("\n")); n < c.lines || !strings.Contains(string(c.text), c.holds) {
			t.Errorf("%s: %d lines, want at least %d and %q", name, n, c.lines, c.holds)
		}
	}
	if n := len(assets.DemoRecording()); n > 300_000 {
		t.Errorf("the recording has %d bytes, want at most 300 kB", n)
	}
}

// A caller that changes what it was given must not change it for others.
func TestEachCallerHasItsOwn(t *testing.T) {
	t.Parallel()
	assets.DemoMeters()[0] = 'X'
	if assets.DemoMeters()[0] == 'X' {
		t.Error("the embedded list was changed")
	}
}
