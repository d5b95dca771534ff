package building

import (
	"fmt"
	"strings"

	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// drawStatus says how the list is narrowed, or that the round is over.
func (s *Screen) drawStatus() string {
	n := s.host.Look.Line(s.w)
	if !s.list.narrowed() {
		return n.Put(look.Accent, " "+s.host.Look.Text(s.roundOver())).String()
	}
	n.Put(look.Dim, fmt.Sprintf(" %d of %s", len(s.list.visible), report.Count(len(s.host.Snap.Rows), "meter")))
	if s.list.groups != 0 {
		n.Put(look.Dim, "  filter: ").Put(look.Accent, s.list.groupWords())
	}
	if s.list.search != "" {
		n.Put(look.Dim, "  search: ").Put(look.Accent, s.host.Look.Text(s.list.search))
	}
	if s.list.sorting != 0 {
		n.Put(look.Dim, "  sorted by: ").Put(look.Accent, sortings[s.list.sorting].name)
	}
	return n.Put(look.Dim, "  esc goes back").String()
}

// roundOver sums up a round that is over, and names the next key.
func (s *Screen) roundOver() string {
	c := s.list.counts
	done, left := c[filterDone], c[filterLeft]
	text := fmt.Sprintf("round %d is over: %d of %d done", s.host.Snap.Round.Number, done, len(s.host.Snap.Rows))
	switch all := s.host.Look.Lang.Headline(s.host.Snap.Headline); {
	case all != "":
		return all
	case left == 0:
		return text + ": q quits, E finishes the campaign"
	case len(s.leftRefs()) > 0 && s.host.Listens() == "" && s.host.Watching() == "":
		return text + fmt.Sprintf(", %d left: 2 shows them, R reads them again", left)
	}
	return text + fmt.Sprintf(", %d left: 2 shows them", left)
}

// finished reports whether a round is over, and none is on.
func (s *Screen) finished() bool { return s.host.Snap.Round.Number > 0 && !s.host.Snap.Round.Running() }

// drawSelected draws the verdict of the row under the cursor in full, and what
// to do next.
func (s *Screen) drawSelected(verdictLines, nextLines int) []string {
	out := make([]string, 0, verdictLines+nextLines)
	r := s.list.current()
	if r == nil {
		return append(out, make([]string, verdictLines+nextLines)...)
	}
	sign, tone := s.host.Look.Mark(r.Verdict.Mark)
	if verdictLines > 0 {
		n := s.host.Look.Line(s.w)
		n.Put(tone, " "+sign+" "+s.host.Look.Text(r.Ref))
		n.Put(look.Plain, s.host.Look.Between+s.host.Look.Text(s.host.Look.Lang.Verdict(&r.Verdict)))
		out = append(out, n.String())
	}
	next := s.next(r)
	indent := "   " + s.host.Look.Next + " "
	wrapped := look.Wrap(next, s.w-look.Width(indent))
	for i := range nextLines {
		n := s.host.Look.Line(s.w)
		switch {
		case next == "" || i >= len(wrapped):
		default:
			text := wrapped[i]
			if i == nextLines-1 && len(wrapped) > nextLines { // no room for the rest
				text += " " + wrapped[i+1]
			}
			n.Put(look.Dim, look.Pick(i == 0, indent, strings.Repeat(" ", look.Width(indent)))).Put(look.Plain, text)
		}
		out = append(out, n.String())
	}
	return out
}

// next is what to do about a row, and its last note.
func (s *Screen) next(r *state.Row) string {
	text := screen.Advice(s.host.Look.Lang, r)
	if n := len(r.Notes); n > 0 {
		if text != "" {
			text += "; "
		}
		text += "note: " + r.Notes[n-1].Text
	}
	return s.host.Look.Text(text)
}
