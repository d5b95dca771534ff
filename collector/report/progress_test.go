package report

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"earshot/collector/state"
	"earshot/collector/words"
)

// TestProgressLine draws the line at every width.
func TestProgressLine(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := state.Snapshot{Round: state.Round{Number: 3, Started: now, Deadline: now.Add(90 * time.Second)}}
	s.Counts = state.Counts{Meters: 48, Heard: 41}
	s.Counts.ByCode[state.CodeOK], s.Counts.ByCode[state.CodeWrongKey], s.Counts.ByCode[state.CodeListening] = 24, 2, 9
	for width := range 200 {
		p := &progress{lang: words.English, full: "#", rest: ".", width: func() int { return width }}
		if line := p.line(s, now); ansi.StringWidth(line) >= max(1, width) {
			t.Errorf("%d columns are not enough for %q", width, line)
		}
	}
	for width, want := range map[int]string{
		200: strings.Repeat("#", 15) + strings.Repeat(".", 15) + "  24 of 48 passed  41 heard  2 failed  9 listening  round 3, 01:30 left",
		77:  "##...  24 of 48 passed  41 heard  2 failed  9 listening  round 3, 01:30 left",
		40:  "24 of 48 passed  41 heard  2 failed  9 ",
	} {
		p := &progress{lang: words.English, full: "#", rest: ".", width: func() int { return width }}
		if got := ansi.Strip(p.line(s, now)); got != want {
			t.Errorf("%d columns:\n%q, want\n%q", width, got, want)
		}
	}
}
