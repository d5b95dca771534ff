package building

import (
	"strings"

	"earshot/collector/words"
	"earshot/tui/look"
)

// tallyOf is how far the flats of a heading are.
func (l *list) tallyOf(e *entry) (t tally) {
	for f := e.from; f < e.to; f++ {
		t.plus(&l.flats[f].tally)
	}
	return t
}

// drawHeading draws the heading of one or more flats.
func (s *Screen) drawHeading(e *entry, sel bool) *look.Line {
	l := s.host.Look
	n := l.Line(s.width())
	cursor := " "
	if sel {
		n.Begin(look.Selected)
		cursor = l.Cursor
	}
	t := s.list.tallyOf(e)
	n.Put(look.Plain, cursor).Cell(look.Accent, look.Pick(e.open, l.Unfolded, l.Folded), 1)
	name := s.sheet[colMeter]
	if where := s.sheet[colWhere]; where > 0 {
		name += where + 1
	}
	names := s.flatNames(e, name)
	if where := s.sheet[colWhere]; s.sheet[colSignal] == 0 && look.Width(names) <= where { // little room for the rest
		name = where
	}
	n.Cell(look.Strong, names, name)
	n.Put(t.tone(), s.summary(e, &t))
	if sel {
		n.End()
	}
	return n
}

// tone styles a summary by what is worst.
func (t *tally) tone() look.Token {
	switch {
	case t.wrong > 0:
		return look.Failed
	case t.done < t.meters:
		return look.Listening
	case t.alarms > 0:
		return look.Alarm
	}
	return look.Good
}

// flatNames names the flats of a heading in so many columns.
func (s *Screen) flatNames(e *entry, w int) string {
	var names []string
	all := 0
	for f := e.from; f < e.to && all <= w; f++ {
		names = append(names, s.flatName(f))
		all += look.Width(names[len(names)-1]) + len(s.host.Look.Between)
	}
	text := strings.Join(names, s.host.Look.Between)
	if len(names) < e.to-e.from || look.Width(text) > w {
		count := s.count("flats", e.to-e.from)
		text = count
		span := s.flatName(e.from) + " " + s.host.Look.Ellipsis + " " + s.flatName(e.to-1)
		for _, longer := range []string{span, span + ": " + count} {
			if look.Width(longer) <= w {
				text = longer
			}
		}
	}
	return text
}

func (s *Screen) flatName(f int) string {
	if name := s.list.flats[f].place.String(); name != "" {
		return s.host.Look.Text(name)
	}
	return s.say("flat.none", nil)
}

// summary says how far the flats of a heading are.
func (s *Screen) summary(e *entry, t *tally) string {
	lang := s.host.Look.Lang
	a := words.Args{"Left": t.meters - t.done, "Done": t.done, "Count": t.meters}
	name := "flat.done"
	switch {
	case t.done < t.meters:
		name = "flat.left"
	case e.to-e.from > 1 && t.alarms == 0:
		name = "flat.all"
	}
	text := s.say(name, a)
	if t.alarms > 0 {
		what := lang.Alarms(&t.first.Verdict)[:1]
		if other := lang.Alarms(&t.last.Verdict)[0]; other != what[0] {
			what = append(what, other)
		}
		text += s.say("flat.look_at", words.Args{"Count": t.alarms, "What": strings.Join(what, ", ")})
	}
	return s.host.Look.Text(text)
}
