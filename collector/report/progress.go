package report

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"earshot/collector/state"
	"earshot/collector/words"
)

// progress is a line on a terminal that shows the progress of a campaign and
// is overwritten.
type progress struct {
	to    io.Writer
	lang  *words.Language
	width func() int
	full  string // what a bar is made of
	rest  string
	shown bool
}

// newProgress returns the progress line on standard error, nil if that is not
// a terminal, or if the line would mix with JSON Lines.
func newProgress(opt Options) *progress {
	file, terminal := terminalOf(opt.Warn)
	_, mixed := terminalOf(opt.Out)
	if !terminal || opt.JSON && mixed || os.Getenv("TERM") == "dumb" {
		return nil
	}
	p := &progress{lang: opt.Lang, to: colorprofile.NewWriter(file, os.Environ()), full: "█", rest: "░", width: func() int {
		width, _, err := term.GetSize(file.Fd())
		if err != nil || width <= 0 {
			return 80
		}
		return width
	}}
	if opt.ASCII {
		p.full, p.rest = "#", "."
	}
	return p
}

// draw shows the progress of the campaign.
func (p *progress) draw(s state.Snapshot, now time.Time) {
	if p == nil {
		return
	}
	p.shown = true
	fmt.Fprint(p.to, "\r"+p.line(s, now)+ansi.EraseLineRight)
}

// clear erases the line.
func (p *progress) clear() {
	if p == nil || !p.shown {
		return
	}
	p.shown = false
	fmt.Fprint(p.to, "\r"+ansi.EraseLineRight)
}

// The widest bar, and the narrowest that still shows something.
const (
	widestBar    = 30
	narrowestBar = 5
)

// line fits the line into the width: first the bar gets narrower, then it is
// left out, then the end is cut.
func (p *progress) line(s state.Snapshot, now time.Time) string {
	c := s.Counts
	parts := []string{p.lang.Say("progress.passed", words.Args{"Passed": c.Passed(), "Meters": c.Meters}), p.lang.Say("progress.heard", words.Args{"Count": c.Heard})}
	if failed := failedOf(c); failed > 0 {
		parts = append(parts, p.lang.Say("progress.failed", words.Args{"Count": failed}))
	}
	if n := c.ByCode[state.CodeListening]; n > 0 {
		parts = append(parts, p.lang.Say("progress.listening", words.Args{"Count": n}))
	}
	if s.Round.Running() {
		parts = append(parts, p.lang.Say("progress.round", words.Args{"Round": s.Round.Number, "Left": p.lang.Countdown(s.Round.Remaining(now))}))
	}
	text := strings.Join(parts, "  ")
	room := p.width() - 1 // in the last column a terminal may go to the next line
	bar := ""
	if width := min(widestBar, room-ansi.StringWidth(text)-2); width >= narrowestBar && c.Meters > 0 {
		full := width * c.Passed() / c.Meters
		bar = "\x1b[32m" + strings.Repeat(p.full, full) + "\x1b[m" + strings.Repeat(p.rest, width-full) + "  "
	}
	return ansi.Truncate(bar+text, max(0, room), "")
}

// failedOf is how many meters were heard and failed.
func failedOf(c state.Counts) int {
	n := 0
	for code := state.CodeNoKey; code < state.Codes; code++ {
		n += c.ByCode[code]
	}
	return n
}
