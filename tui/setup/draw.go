package setup

import (
	"path/filepath"
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Draw draws what is shown.
func (s *Screen) Draw() []string {
	switch s.view {
	case viewChooser:
		return s.drawChooser()
	case viewPreview:
		return s.page.Draw()
	}
	f := &form{Page: s.host.Look.Page(s.w), s: s}
	if s.h >= 10 {
		f.Add(f.Line(s.w).Put(look.Accent, " earshot").Put(look.Dim, f.Between+s.say("setup.title", nil)))
		f.Lines = append(f.Lines, "")
	}
	starts := map[field]int{}
	for _, x := range s.fields() {
		starts[x] = len(f.Lines)
		f.field(x)
	}
	from := 0
	if over := len(f.Lines) - s.h; over > 0 { // the line under the cursor is always seen
		from = min(over, max(0, starts[s.at]-s.h/3))
	}
	return f.Lines[from:min(len(f.Lines), from+max(0, s.h))]
}

// form builds the lines of the form.
type form struct {
	*look.Page
	s *Screen
}

// labelWidth is that of the names of fields.
const labelWidth = 11

// head is the first line of a field.
func (f *form) head(x field, label string, tone look.Token, text string) {
	n := f.Line(f.Width)
	selected := f.s.at == x
	n.Put(look.Accent, look.Pick(selected, f.Cursor, " ")+" ").Cell(look.Pick(selected, look.Accent, look.Strong), label, labelWidth)
	indent := f.Width - n.Left()
	for i, part := range look.Wrap(f.Text(text), max(1, f.Width-indent-1)) {
		if i > 0 {
			f.Add(n)
			n = f.Line(f.Width).Gap(f.Width - indent)
		}
		n.Put(tone, part)
	}
	f.Add(n)
}

// more is another line of a field.
func (f *form) more(tone look.Token, text string) {
	f.Say(tone, labelWidth+3, text)
}

// field draws a field and an empty line.
func (f *form) field(x field) {
	switch x {
	case fieldList:
		f.list()
	case fieldReceivers:
		f.receivers()
	case fieldServer:
		f.server()
	case fieldCampaign:
		f.campaign()
	case fieldStay:
		f.head(x, f.s.say("setup.stay", nil), look.Plain, f.s.say(look.Pick(f.s.choice.Stay, "setup.stay.yes", "setup.stay.no"), nil))
	case fieldStart:
		reason := f.s.ready()
		if reason == "" {
			f.head(x, f.s.say("setup.start", nil), look.Good, f.s.say("setup.start.ready", nil))
		} else {
			f.head(x, f.s.say("setup.start", nil), look.Dim, reason)
		}
		return
	}
	if f.s.h >= 20 {
		f.Lines = append(f.Lines, "")
	}
}

func (f *form) list() {
	s, p := f.s, &f.s.preview
	if s.choice.List == "" {
		f.head(fieldList, s.say("setup.list", nil), look.Alarm, s.say("setup.list.none", nil))
		return
	}
	f.head(fieldList, s.say("setup.list", nil), look.Strong, filepath.Base(s.choice.List))
	switch {
	case s.reading:
		f.more(look.Dim, s.say("setup.list.reading", nil))
	case s.problem != "":
		f.more(look.Failed, f.Marks[state.MarkFailed]+" "+s.problem)
	default:
		f.more(look.Good, f.Marks[state.MarkOK]+" "+s.count("setup.list.meters", p.Meters, words.Args{"Keys": p.Keys}))
	}
	if p.Rejected > 0 {
		f.more(look.Alarm, f.Marks[state.MarkAlarm]+" "+s.count("setup.list.rejected", p.Rejected, nil))
	}
	if p.Repaired > 0 {
		f.more(look.Dim, s.count("setup.list.repaired", p.Repaired, nil))
	}
}

func (f *form) receivers() {
	s := f.s
	f.head(fieldReceivers, s.say("setup.receivers", nil), look.Plain, strings.Join(s.choice.Receivers, " "))
	if s.wrong != "" {
		f.more(look.Failed, f.Marks[state.MarkFailed]+" "+s.wrong)
	}
	switch {
	case !s.heard:
		f.more(look.Dim, s.say("setup.receivers.looking", nil))
	case len(s.attached) == 0:
		f.more(look.Dim, s.say("setup.receivers.none", nil))
	}
	for i := range s.attached {
		r := &s.attached[i]
		name := strings.TrimSpace(r.What + " " + r.Port)
		switch {
		case r.Problem != "":
			f.more(look.Failed, f.Marks[state.MarkFailed]+" "+strings.TrimSpace(r.What+" "+r.Problem))
		case r.Asking:
			f.more(look.Dim, f.Open+" "+s.say("setup.receivers.asking", words.Args{"Port": r.Port}))
		default:
			f.more(look.Good, f.Dot+" "+s.count("setup.receivers.heard", r.Telegrams, words.Args{"Receiver": name, "Modes": r.Modes}))
		}
	}
}

func (f *form) server() {
	s := f.s
	server := s.choice.Server
	if server.Address == "" {
		f.head(fieldServer, s.say("setup.server", nil), look.Dim, s.say("setup.server.none", nil))
		return
	}
	text := server.Address
	if server.User != "" {
		text = s.say("setup.server.as", words.Args{"Server": text, "User": server.User})
	}
	f.head(fieldServer, s.say("setup.server", nil), look.Plain, text)
	switch {
	case s.testing:
		f.more(look.Dim, s.say("setup.server.testing", nil))
	case s.tested != "":
		f.more(s.testTone, look.Pick(s.testTone == look.Good, f.Marks[state.MarkOK], f.Marks[state.MarkFailed])+" "+s.tested)
		if s.testTone != look.Good {
			f.more(look.Dim, s.say("setup.server.anyway", nil))
		}
	}
}

func (f *form) campaign() {
	s := f.s
	text := s.say("setup.campaign.first", nil)
	if c := &s.standing; !c.Begun.IsZero() {
		text = s.count("setup.campaign.resume", c.Read, words.Args{"Begun": f.Lang.DateTime(c.Begun)})
		if s.choice.New {
			text = s.say("setup.campaign.new", words.Args{"Begun": f.Lang.DateTime(c.Begun)})
		}
	}
	f.head(fieldCampaign, s.say("setup.campaign", nil), look.Plain, text)
	if s.standing.InUse != "" {
		f.more(look.Failed, s.standing.InUse)
	}
}

func (s *Screen) previewTitle() (look.Token, string) {
	return look.Accent, s.count("setup.preview", s.preview.Meters, words.Args{"List": filepath.Base(s.choice.List)})
}

// previewLines is what is said about the list.
func (s *Screen) previewLines(w int) []string {
	p := s.host.Look.Page(w)
	if s.preview.Text == nil {
		return nil
	}
	for line := range strings.SplitSeq(strings.TrimRight(s.preview.Text(max(20, w-2)), "\n"), "\n") {
		text := p.Text(line)
		if look.Width(text) > w-1 {
			p.Say(look.Plain, 1, text)
			continue
		}
		p.Add(p.Line(w).Put(look.Plain, " "+text))
	}
	return p.Lines
}

var _ screen.Updater = (*Screen)(nil)
