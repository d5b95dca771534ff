package tui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"

	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/collector/words"
)

// drawPrompt draws what is being typed, or how the list is narrowed.
func (m *Model) drawPrompt() string {
	n := m.look.line(m.width)
	switch m.prompt {
	case promptSearch, promptNote, promptWaiver:
		n.put(accent, " "+m.promptWords())
		s := m.input.View()
		return n.raw(s, ansi.StringWidthWc(s)).String()
	}
	if !m.list.narrowed() {
		return n.put(accent, " "+m.look.text(m.roundOver())).String()
	}
	n.put(dim, fmt.Sprintf(" %d of %s", len(m.list.visible), report.Count(len(m.snap.Rows), "meter")))
	if m.list.groups != 0 {
		n.put(dim, "  filter: ").put(accent, m.list.groupWords())
	}
	if m.list.search != "" {
		n.put(dim, "  search: ").put(accent, m.look.text(m.list.search))
	}
	if m.list.sorting != 0 {
		n.put(dim, "  sorted by: ").put(accent, sortings[m.list.sorting].name)
	}
	return n.put(dim, "  esc goes back").String()
}

// roundOver sums up a round that is over, and names the next key.
func (m *Model) roundOver() string {
	c := m.list.counts
	done, left := c[filterDone], c[filterLeft]
	text := fmt.Sprintf("round %d is over: %d of %d done", m.snap.Round.Number, done, len(m.snap.Rows))
	switch all := words.English.Headline(m.snap.Headline); {
	case all != "":
		return all
	case left == 0:
		return text + ": q quits, E finishes the campaign"
	case len(m.leftRefs()) > 0 && listens(m) == "" && watching(m) == "":
		return text + fmt.Sprintf(", %d left: 2 shows them, R reads them again", left)
	}
	return text + fmt.Sprintf(", %d left: 2 shows them", left)
}

// finished reports whether a round is over, and none is on.
func (m *Model) finished() bool { return m.snap.Round.Number > 0 && !m.snap.Round.Running() }

func (m *Model) promptWords() string {
	switch m.prompt {
	case promptNote:
		return "note for " + m.look.text(m.noteFor) + ": "
	case promptWaiver:
		return "why " + m.look.text(m.noteFor) + " is right: "
	}
	return "search: "
}

// drawSelected draws the verdict of the row under the cursor in full, and what
// to do next.
func (m *Model) drawSelected(verdictLines, nextLines int) []string {
	out := make([]string, 0, verdictLines+nextLines)
	r := m.list.current()
	if r == nil {
		return append(out, make([]string, verdictLines+nextLines)...)
	}
	tone := markTokens[min(int(r.Verdict.Mark), len(markTokens)-1)]
	if verdictLines > 0 {
		n := m.look.line(m.width)
		n.put(tone, " "+m.look.marks[r.Verdict.Mark]+" "+m.look.text(r.Ref))
		n.put(plain, m.look.between+m.look.text(words.English.Verdict(&r.Verdict)))
		out = append(out, n.String())
	}
	next := m.next(r)
	indent := "   " + m.look.next + " "
	wrapped := wrap(next, m.width-width(indent))
	for i := range nextLines {
		n := m.look.line(m.width)
		switch {
		case next == "" || i >= len(wrapped):
		default:
			text := wrapped[i]
			if i == nextLines-1 && len(wrapped) > nextLines { // no room for the rest
				text += " " + wrapped[i+1]
			}
			n.put(dim, pick(i == 0, indent, blanks[:width(indent)])).put(plain, text)
		}
		out = append(out, n.String())
	}
	return out
}

// advice is what to do about a row, and which key helps.
func advice(r *state.Row) string {
	next := words.English.Next(&r.Verdict)
	switch near := r.Verdict.Near; { // the advice is about the selected row
	case near != nil && r.Correctable():
		next += words.English.Assign()
	case near == nil && r.KeyUsable() && r.Verdict.Key != nil:
		next += words.English.UseKey()
	}
	if r.Acceptable() {
		next += words.English.Accept()
	}
	return next
}

// next is what to do about a row, and its last note.
func (m *Model) next(r *state.Row) string {
	text := advice(r)
	if n := len(r.Notes); n > 0 {
		if text != "" {
			text += "; "
		}
		text += "note: " + r.Notes[n-1].Text
	}
	return m.look.text(text)
}

// drawFooter draws a message, or the keys of the page.
func (m *Model) drawFooter() string {
	n := m.look.line(m.width)
	if m.flash.text != "" {
		return n.put(m.flash.tone, " "+m.flash.text).String()
	}
	s := " " + m.help.ShortHelpView(m.footerKeys())
	return n.raw(s, ansi.StringWidthWc(s)).String()
}

// footerKeys chooses the keys that fit into the footer, the most important
// ones first, in the order of the table.
func (m *Model) footerKeys() []key.Binding {
	free := m.width - 1
	taken := make([]bool, len(m.keys))
	for rank := 1; rank <= lastRank; rank++ {
		for i := range m.keys {
			b := &m.keys[i]
			if b.rank != rank || !b.on.has(m.showing()) {
				continue
			}
			need := width(b.sign(m.look)) + 1 + width(b.short) + len(m.help.ShortSeparator)
			if need-len(m.help.ShortSeparator) <= free {
				taken[i] = true
				free -= need
			}
		}
	}
	var keys []key.Binding
	for i := range m.keys {
		if taken[i] {
			keys = append(keys, m.keys[i].bubble(m.look))
		}
	}
	return keys
}
