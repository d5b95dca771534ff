package building

import (
	"strings"

	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// drawStatus says how the list is narrowed, or that the round is over, and which part of
// the list is on the screen.
func (s *Screen) drawStatus(rows int) *look.Line {
	l := s.host.Look
	at := s.position(rows)
	room := max(0, s.width()-look.Width(at)-1)
	n := l.Line(room)
	if s.list.narrowed() {
		s.narrowedTo(n)
	} else if s.finished() {
		n.Put(look.Accent, " "+l.Text(s.roundOver()))
	}
	return l.Line(s.width()).Raw(n.String(), room-n.Left()).Gap(look.Width(at)+1).Put(look.Dim, at)
}

// position is which lines of the list are on the screen, "" if all are.
func (s *Screen) position(rows int) string {
	all := len(s.list.entries)
	if all <= rows || rows < 1 {
		return ""
	}
	return s.say("position", words.Args{"From": s.list.top + 1, "To": min(s.list.top+rows, all), "Count": all})
}

func (s *Screen) narrowedTo(n *look.Line) {
	part := func(name, text string) {
		n.Put(look.Dim, " "+s.say("status."+name, nil)).Put(look.Accent, text+" ")
	}
	if s.list.filtered() {
		n.Put(look.Dim, " "+s.say("status.shown", words.Args{"Shown": s.list.shown, "Count": len(s.host.Snap.Rows)})+" ")
	}
	if s.list.groups != 0 {
		var names []string
		for i, f := range filters {
			if s.list.groups&(1<<i) != 0 {
				names = append(names, s.say("filter."+f.name, nil))
			}
		}
		part("filter", strings.Join(names, s.say("status.or", nil)))
	}
	if s.list.search != "" {
		part("search", s.host.Look.Text(s.list.search))
	}
	if s.list.sorting != 0 || s.list.down {
		text := s.say("sort."+sortings[s.list.sorting].name, nil)
		if s.list.down {
			text += s.say("status.down", nil)
		}
		part("sort", text)
	}
	n.Put(look.Dim, " "+s.say("status.back", nil))
}

// roundOver sums up a round that is over, and names the next key.
func (s *Screen) roundOver() string {
	if all := s.host.Look.Lang.Headline(s.host.Snap.Headline); all != "" {
		return all
	}
	left := s.list.counts[filterLeft]
	a := words.Args{"Round": s.host.Snap.Round.Number, "Done": s.list.counts[filterDone], "Count": len(s.host.Snap.Rows), "Left": left}
	then := "over.left"
	switch {
	case left == 0:
		then = "over.all"
	case s.canReadLeft() == "":
		then = "over.read"
	}
	return s.say("over", a) + s.say(then, a)
}

// finished reports whether a round is over, and none is on.
func (s *Screen) finished() bool { return s.host.Snap.Round.Number > 0 && !s.host.Snap.Round.Running() }

// drawSelected draws in full what is under the cursor, and what to do next.
func (s *Screen) drawSelected(p plan) []*look.Line {
	l := s.host.Look
	out := make([]*look.Line, 0, p.verdict+p.next+p.actions)
	e := s.list.entry()
	next := ""
	if p.verdict > 0 {
		n := l.Line(s.width())
		switch {
		case e == nil:
		case e.row == nil:
			t := s.list.tallyOf(e)
			n.Put(t.tone(), " "+l.Folded+" "+s.flatNames(e, s.width())+": "+s.summary(e, &t))
		default:
			sign, tone := l.Mark(e.row.Verdict.Mark)
			n.Put(tone, " "+sign+" "+l.Text(e.row.Ref)).Put(look.Plain, l.Between+l.Text(l.Lang.Verdict(&e.row.Verdict)))
		}
		out = append(out, n)
	}
	if e != nil && e.row != nil {
		next = s.next()
	}
	out = append(out, s.wrapped(next, p.next)...)
	if p.actions > 0 {
		out = append(out, s.drawActions())
	}
	return out
}

// wrapped puts a text on a number of lines.
func (s *Screen) wrapped(text string, lines int) (out []*look.Line) {
	l := s.host.Look
	indent := "   " + l.Next + " "
	parts := look.Wrap(text, s.width()-look.Width(indent))
	for i := range lines {
		n := l.Line(s.width())
		if text != "" && i < len(parts) {
			part := parts[i]
			if i == lines-1 && len(parts) > lines { // no room for the rest
				part += " " + parts[i+1]
			}
			n.Put(look.Dim, look.Pick(i == 0, indent, strings.Repeat(" ", look.Width(indent)))).Put(look.Plain, part)
		}
		out = append(out, n)
	}
	return out
}

// next is what to do about the row under the cursor, and its last note.
func (s *Screen) next() string {
	r := s.list.current()
	text := s.host.Look.Lang.Next(&r.Verdict)
	if n := len(r.Notes); n > 0 {
		if text != "" {
			text += "; "
		}
		text += s.say("note", words.Args{"Text": r.Notes[n-1].Text})
	}
	return s.host.Look.Text(text)
}

// drawActions draws the keys that are of use now.
func (s *Screen) drawActions() *look.Line {
	n := s.host.Look.Line(s.width()).Put(look.Plain, " ")
	keys, texts := screen.Offered(s.keys)
	for i, b := range keys {
		sign := b.Sign(s.host.Look)
		if look.Width(sign)+1+look.Width(texts[i])+2 > n.Left() {
			continue
		}
		n.Put(look.Plain, "  ").Put(look.Strong, sign).Put(look.Plain, " "+s.host.Look.Text(texts[i]))
	}
	return n
}
