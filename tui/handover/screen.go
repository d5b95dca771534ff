package handover

import (
	"context"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/handover"
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Screen shows the hand-over protocol in short.
type Screen struct {
	screen.Pager
	host    *screen.Host
	doc     *handover.Document // as it was when the screen was opened, nil if there is none
	writing bool
	files   []string // that were written
	failure string   // why they were not
}

// New returns the screen.
func New(h *screen.Host) *Screen {
	s := &Screen{host: h}
	s.Pager = screen.NewPager(h, s.title, s.lines)
	return s
}

// Keys are its own.
func (s *Screen) Keys() []screen.Binding {
	return []screen.Binding{
		{Keys: []string{"w"}, Short: s.host.Look.Lang.Say("key.write", nil), Help: s.host.Look.Lang.Say("key.write.what", nil), Rank: 1, Why: s.canWrite, Do: s.write},
		{Keys: []string{"r"}, Short: s.host.Look.Lang.Say("key.renew", nil), Help: s.host.Look.Lang.Say("key.renew.what", nil), Rank: 4, Why: s.hasNone, Do: screen.Just(s.renew)},
	}
}

// Opened makes the protocol of now.
func (s *Screen) Opened() {
	s.renew()
	s.Pager.Opened()
}

func (s *Screen) renew() {
	if s.host.Protocol != nil {
		s.doc = s.host.Protocol.Document(s.host.Snap)
	}
	s.Take()
}

func (s *Screen) say(name string, a words.Args) string {
	return s.host.Look.Lang.Say("handover."+name, a)
}

func (s *Screen) hasNone() string {
	if s.host.Protocol == nil {
		return s.say("none", nil)
	}
	return ""
}

func (s *Screen) canWrite() string {
	if s.writing {
		return s.say("writing", nil)
	}
	return s.hasNone()
}

// written is what became of writing.
type written struct {
	files []string
	err   error
}

// write writes the protocol at the second press; the first says what is written.
func (s *Screen) write(string) tea.Cmd {
	if !s.host.Sure("write handover", s.say("sure", words.Args{"Folder": s.host.Protocol.Folder()})) {
		return nil
	}
	s.writing, s.files, s.failure = true, nil, ""
	s.Take()
	to := s.host.Protocol
	return s.host.Command(func(done <-chan struct{}) tea.Msg {
		ctx, cancel := context.WithCancel(context.Background())
		var watching sync.WaitGroup
		watching.Go(func() {
			select {
			case <-done:
				cancel()
			case <-ctx.Done():
			}
		})
		files, err := to.Write(ctx)
		cancel()
		watching.Wait()
		return written{files, err}
	})
}

// Update takes what became of writing.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	w, is := msg.(written)
	if !is {
		return nil
	}
	s.writing, s.files = false, w.files
	if w.err != nil {
		s.failure = w.err.Error()
		s.host.Say(look.Alarm, s.say("failed", words.Args{"Reason": s.failure}))
	} else {
		s.host.Say(look.Accent, s.host.Look.Lang.Plural("handover.written", len(w.files), nil))
	}
	s.renew()
	return nil
}

func (s *Screen) title() (look.Token, string) {
	switch {
	case s.doc == nil:
		return look.Alarm, s.say("none", nil)
	case s.doc.State == handover.Complete:
		return look.Good, s.doc.Headline(s.host.Look.Lang)
	}
	return look.Accent, s.doc.Headline(s.host.Look.Lang)
}

// tones are the styles of a preview's lines.
var tones = map[handover.Tone]look.Token{handover.ToneHead: look.Strong, handover.ToneAlarm: look.Alarm, handover.ToneDim: look.Dim}

// lines are the protocol in short, after what was written.
func (s *Screen) lines(w int) []string {
	p := s.host.Look.Page(w)
	switch {
	case s.doc == nil:
		return nil
	case s.writing:
		p.Say(look.Accent, 1, s.say("writing", nil))
	case s.failure != "":
		p.Say(look.Alarm, 1, s.say("failed", words.Args{"Reason": s.failure}))
	}
	if len(s.files) > 0 {
		p.Say(look.Good, 1, s.say("files", words.Args{"Files": strings.Join(s.files, ", ")}))
	}
	if s.doc.State == handover.Draft {
		p.Say(look.Dim, 1, s.say("draft", nil))
	}
	for _, line := range s.doc.Preview(s.host.Look.Lang, w-1) {
		text := strings.TrimLeft(line.Text, " ")
		p.Add(p.Line(w).Gap(w-1-len(line.Text)+len(text)).Put(tones[line.Tone], s.host.Look.Text(text)))
	}
	return p.Lines
}
