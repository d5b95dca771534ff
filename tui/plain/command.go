package plain

import (
	"strings"
	"unicode"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/screen"
)

// command is what can be typed. Its words are the messages plain.word.NAME, the English one
// works in every language.
type command struct {
	name string
	args string                 // name of the message that says what follows, "" for nothing
	key  string                 // of the screen's own keys about a meter that it presses, "" for none
	do   func(*session, string) // if it presses none
	help string                 // name of the message that says what it does, if it presses none
}

// commands are all of them, in the order of the help.
func commands() []command {
	return []command{
		{name: "help", help: "plain.help.help", do: (*session).help},
		{name: "status", help: "plain.help.status", do: func(s *session, _ string) { s.status() }},
		{name: "list", args: "plain.args.list", help: "plain.help.list", do: (*session).list},
		{name: "meter", args: "plain.args.meter", help: "plain.help.meter", do: (*session).show},
		{name: "unlisted", help: "plain.help.unlisted", do: func(s *session, _ string) { s.unlisted() }},
		{name: "retry", args: "plain.args.retry", key: "r"},
		{name: "note", args: "plain.args.text", key: "n"},
		{name: "doubt", args: "plain.args.text", key: "y"},
		{name: "accept", args: "plain.args.meter", key: "a"},
		{name: "display", args: "plain.args.text", key: "d"},
		{name: "noaccess", args: "plain.args.text", key: "x"},
		{name: "longer", args: "plain.args.meter", key: "l"},
		{name: "key", args: "plain.args.meter", key: "k"},
		{name: "keep", args: "plain.args.meter", key: "K"},
		{name: "undo", args: "plain.args.meter", key: "z"},
		{name: "finish", help: "plain.help.finish", do: (*session).finish},
		{name: "quit", help: "plain.help.quit", do: func(s *session, _ string) { s.quit() }},
	}
}

// groups are the words that list takes.
var groups = []struct {
	name  string
	keeps func(state.Mark) bool
}{
	{"left", func(m state.Mark) bool { return m != state.MarkOK && m != state.MarkAlarm }},
	{"wrong", func(m state.Mark) bool { return m == state.MarkFailed }},
	{"silent", func(m state.Mark) bool { return m == state.MarkTimeout }},
	{"look", func(m state.Mark) bool { return m == state.MarkAlarm }},
	{"done", func(m state.Mark) bool { return m == state.MarkOK || m == state.MarkAlarm }},
	{"all", func(state.Mark) bool { return true }},
}

// is reports whether a typed word is the one of a message, in the language or in English.
func (s *session) is(typed, name string) bool {
	return strings.EqualFold(typed, s.lang.Say(name, nil)) || strings.EqualFold(typed, words.English.Say(name, nil))
}

// typed obeys a line.
func (s *session) typed(line string) {
	line = strings.TrimSpace(line)
	switch {
	case s.host.Prompting() != nil:
		s.answer(line)
		return
	case s.sure != nil:
		b := s.sure
		s.sure = nil
		if yes := strings.ToLower(line); yes == "y" || yes == "j" || s.is(yes, "plain.word.yes") {
			s.press(b, "")
		} else {
			s.host.Answers()
			s.say("plain.cancelled", nil)
		}
		return
	case line == "":
		return
	}
	word, rest, _ := strings.Cut(line, " ")
	for _, c := range commands() {
		if !s.is(word, "plain.word."+c.name) {
			continue
		}
		if c.key == "" {
			c.do(s, strings.TrimSpace(rest))
		} else {
			s.about(c, strings.TrimSpace(rest))
		}
		return
	}
	s.say("plain.unknown", words.Args{"Word": word, "Help": s.lang.Say("plain.word.help", nil)})
}

// about presses a key of the screen about the meter that is named, or the last one.
func (s *session) about(c command, rest string) {
	number, text, _ := strings.Cut(rest, " ")
	switch {
	case rest == "" && c.name == "retry":
		s.retryLeft()
		return
	case strings.ContainsFunc(number, unicode.IsDigit) && s.find(number) != nil:
		s.host.Selected = s.find(number).Ref
	case c.args == "plain.args.text" && s.host.Current() != nil:
		text = rest
	case rest != "":
		s.say("plain.no_meter", words.Args{"Number": number})
		return
	}
	s.press(screen.Find(s.host.MeterKeys(), c.key), strings.TrimSpace(text))
}

// press does what a key does. text answers what it asks for.
func (s *session) press(b *screen.Binding, text string) {
	s.host.Answers()
	s.host.Press([]screen.Binding{*b}, b.Keys[0])
	switch {
	case s.host.Prompting() != nil && text != "":
		s.answer(text)
		return
	case s.host.Prompting() != nil:
		s.print(s.host.Prompting().Words)
		return
	case s.host.Asking():
		s.sure = b
		s.print(s.host.Message())
		s.say("plain.sure", words.Args{"Yes": s.lang.Say("plain.word.yes", nil)})
		return
	}
	s.print(s.host.Message())
}

// answer is what was typed for a prompt.
func (s *session) answer(text string) {
	s.host.Answers()
	s.host.Answer(text)
	s.print(s.host.Message())
}

// find is the row of a number, or of its last digits; nil if none or several have it.
func (s *session) find(number string) (found *state.Row) {
	for _, r := range s.host.Snap.Rows {
		switch {
		case strings.EqualFold(r.Ref, number) || r.ID.String() == number:
			return r
		case !strings.HasSuffix(r.ID.String(), number) || len(number) < 3:
		case found != nil:
			return nil
		default:
			found = r
		}
	}
	return found
}

// show prints everything about a meter, which the next commands mean then.
func (s *session) show(number string) {
	r := s.host.Current()
	if number != "" {
		r = s.find(number)
	}
	if r == nil {
		s.say("plain.no_meter", words.Args{"Number": number})
		return
	}
	s.host.Selected = r.Ref
	s.meter(r)
}

// list prints the rows of a group, or those in which a text is found.
func (s *session) list(of string) {
	keeps := func(r *state.Row) bool {
		return strings.Contains(strings.ToLower(s.row(r)), strings.ToLower(of))
	}
	for _, g := range groups {
		if s.is(of, "plain.group."+g.name) || of == "" && g.name == "left" {
			keeps = func(r *state.Row) bool { return g.keeps(r.Verdict.Mark) }
		}
	}
	count := 0
	for _, r := range s.host.Snap.Rows {
		if keeps(r) {
			s.print(s.row(r))
			count++
		}
	}
	s.say("plain.listed", words.Args{"Meters": s.lang.Count(count, "meter")})
}

// retryLeft reads all that are left again.
func (s *session) retryLeft() {
	if reason := screen.First(s.host.Watching, s.host.Listens); reason != "" {
		s.print(reason)
		return
	}
	var refs []string
	for _, r := range s.host.Snap.Rows {
		if groups[0].keeps(r.Verdict.Mark) && !r.Read.Active {
			refs = append(refs, r.Ref)
		}
	}
	if len(refs) > 0 {
		s.cfg.Actions.ReadAgain(refs)
	}
	s.say("plain.retrying", words.Args{"Meters": s.lang.Count(len(refs), "meter")})
}

// finish ends the campaign after a question.
func (s *session) finish(string) {
	if reason := s.host.Watching(); reason != "" {
		s.print(reason)
		return
	}
	s.press(&screen.Binding{Keys: []string{"E"}, Do: screen.Just(func() {
		if s.host.Sure("finish", s.lang.Say("plain.finish", nil)) {
			s.cfg.Actions.Finish()
			s.quit()
		}
	})}, "")
}

// quit ends with where the campaign is.
func (s *session) quit() {
	s.status()
	s.over = true
}

// help prints what can be typed.
func (s *session) help(string) {
	for _, c := range commands() {
		text := c.help
		if c.key != "" {
			text = screen.Find(s.host.MeterKeys(), c.key).Help
		}
		line := s.lang.Say("plain.word."+c.name, nil)
		if c.args != "" {
			line += " " + s.lang.Say(c.args, nil)
		}
		s.print(line + ": " + s.lang.Say(text, nil))
	}
	s.say("plain.help.numbers", nil)
}
