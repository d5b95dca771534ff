package setup

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/words"
	"earshot/device/mqttconn"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// field is a line of the form.
type field uint8

const (
	fieldList field = iota
	fieldReceivers
	fieldServer
	fieldCampaign
	fieldStay
	fieldStart
)

// view is what the screen shows.
type view uint8

const (
	viewForm view = iota
	viewChooser
	viewPreview
)

// Config is what the screen begins with.
type Config struct {
	Backend Backend
	SSH     bool // the terminal may get lost: it is asked whether to stay
	// Chosen is what the installer decided when the screen has ended; nil if nothing.
	Chosen *Choice
}

// auto stands for every dongle that is attached.
const auto = "auto:c1,t1"

// Screen is the set-up.
type Screen struct {
	host *screen.Host
	cfg  *Config
	view view
	w, h int
	at   field

	choice   Choice
	preview  Preview
	problem  string // why the list cannot be used
	reading  bool   // the list is being read
	standing Standing
	attached []Receiver
	heard    bool   // what is attached is known
	wrong    string // what is wrong with the names of receivers
	testing  bool
	tested   string // what the test of the server said
	testTone look.Token
	attempt  int // counts reads of lists and tests, so that late answers are not taken
	chooser  chooser
	page     screen.Pager // the preview
}

// New returns the screen, which asks its backend for what there is.
func New(h *screen.Host, cfg *Config) *Screen {
	s := &Screen{host: h, cfg: cfg}
	s.choice.Receivers = []string{auto}
	s.page = screen.NewPager(h, s.previewTitle, s.previewLines)
	s.run(func(<-chan struct{}) tea.Msg { return recentMsg(cfg.Backend.Recent()) })
	s.listen()
	return s
}

// What the backend's answers are.
type (
	recentMsg   []Site
	receiverMsg []Receiver
	folderMsg   struct {
		folder Folder
		err    error
	}
	listMsg struct {
		attempt  int
		preview  Preview
		err      error
		standing Standing
	}
	testMsg struct {
		attempt int
		took    time.Duration
		err     error
	}
)

func (s *Screen) run(wait func(done <-chan struct{}) tea.Msg) { s.host.Queue(s.host.Command(wait)) }

// listen waits for the next change of what is attached.
func (s *Screen) listen() {
	s.run(func(done <-chan struct{}) tea.Msg {
		found := s.cfg.Backend.Receivers(done)
		select {
		case <-done:
			return nil
		default:
			return receiverMsg(found)
		}
	})
}

// Update takes an answer of the backend.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case recentMsg:
		s.chooser.recent = msg
		if len(msg) > 0 && s.choice.List == "" && !s.reading {
			s.use(msg[0])
		}
	case receiverMsg:
		s.attached, s.heard = msg, true
		s.listen()
	case folderMsg:
		s.opened(msg)
	case listMsg:
		if msg.attempt == s.attempt {
			s.taken(msg)
		}
	case testMsg:
		if msg.attempt == s.attempt {
			s.judged(msg)
		}
	}
	return nil
}

// use takes over what is remembered of a site.
func (s *Screen) use(site Site) {
	s.choice, s.wrong = Choice{Site: site}, ""
	if len(site.Receivers) == 0 {
		s.choice.Receivers = []string{auto}
	}
	s.choice.Receivers = slices.Clone(s.choice.Receivers)
	s.choice.Server = Server{Address: site.Broker, User: site.User}
	s.choose(site.List)
}

// choose reads a list.
func (s *Screen) choose(path string) {
	s.view, s.choice.List, s.choice.New = viewForm, path, false
	s.preview, s.standing, s.problem, s.reading, s.tested = Preview{}, Standing{}, "", true, ""
	s.attempt++
	attempt := s.attempt
	s.run(func(<-chan struct{}) tea.Msg {
		out := listMsg{attempt: attempt}
		if out.preview, out.err = s.cfg.Backend.Preview(path); out.err == nil {
			out.standing, out.err = s.cfg.Backend.Standing(path)
		}
		return out
	})
}

// taken shows what a list holds.
func (s *Screen) taken(m listMsg) {
	s.reading, s.preview, s.standing = false, m.preview, m.standing
	if m.err != nil {
		s.problem = m.err.Error()
	}
	s.choice.SkipBad = m.preview.Rejected > 0
	if s.at == fieldList && s.ready() == "" {
		s.at = fieldStart
	}
	s.page.Take()
}

// judged says what the test of the server brought.
func (s *Screen) judged(m testMsg) {
	s.testing = false
	if m.err != nil {
		s.tested, s.testTone = m.err.Error(), look.Failed
		return
	}
	s.tested, s.testTone = s.say("setup.server.works", words.Args{"Took": m.took.Round(time.Millisecond).String()}), look.Good
}

// Keys are those of what is shown.
func (s *Screen) Keys() []screen.Binding {
	switch s.view {
	case viewChooser:
		return s.chooserKeys()
	case viewPreview:
		return []screen.Binding{{Keys: []string{"esc", "backspace", "enter", "v"}, Label: screen.Named("esc"), Short: s.say("setup.key.back", nil), Help: s.say("setup.help.back", nil), Rank: 1, Do: screen.Just(func() { s.view = viewForm })}}
	}
	return []screen.Binding{
		{Keys: []string{"enter"}, Short: s.say("setup.key.change", nil), Help: s.say("setup.help.change", nil), Rank: 1, Do: s.change},
		{Keys: []string{"g"}, Short: s.say("setup.key.start", nil), Help: s.say("setup.help.start", nil), Rank: 2, Why: s.ready, Do: s.start},
		{Keys: []string{"v"}, Short: s.say("setup.key.preview", nil), Help: s.say("setup.help.preview", nil), Rank: 3, Why: s.hasPreview, Do: screen.Just(s.showPreview)},
		{Keys: []string{"t"}, Short: s.say("setup.key.test", nil), Help: s.say("setup.help.test", nil), Rank: 4, Why: s.canTest, Do: screen.Just(s.test)},
		{Keys: []string{"d"}, Short: s.say("setup.key.demo", nil), Help: s.say("setup.help.demo", nil), Rank: 4, Do: s.demo},
	}
}

// Mode says which keys there are.
func (s *Screen) Mode() int { return int(s.view) }

func (s *Screen) hasPreview() string {
	return look.Pick(s.preview.Text == nil, s.say("setup.no.list", nil), "")
}

func (s *Screen) canTest() string {
	return look.Pick(s.choice.Server.Address == "", s.say("setup.no.server", nil), "")
}

// ready says why the campaign cannot start, "" if it can.
func (s *Screen) ready() string {
	switch {
	case s.choice.List == "":
		return s.say("setup.no.list", nil)
	case s.reading:
		return s.say("setup.list.reading", nil)
	case s.problem != "":
		return s.say("setup.list.unusable", nil)
	case s.wrong != "":
		return s.say("setup.receivers.wrong", nil)
	case s.preview.Meters == 0:
		return s.say("setup.list.empty", nil)
	case s.standing.InUse != "":
		return s.standing.InUse
	}
	return ""
}

// fields are the lines of the form.
func (s *Screen) fields() []field {
	all := []field{fieldList, fieldReceivers, fieldServer, fieldCampaign}
	if s.cfg.SSH {
		all = append(all, fieldStay)
	}
	return append(all, fieldStart)
}

// change changes the line under the cursor.
func (s *Screen) change(string) tea.Cmd {
	switch s.at {
	case fieldList:
		s.openChooser()
	case fieldReceivers:
		s.askReceivers()
	case fieldServer:
		s.askServer()
	case fieldCampaign:
		if s.standing.Begun.IsZero() {
			s.host.Say(look.Dim, s.say("setup.campaign.only", nil))
		} else {
			s.choice.New = !s.choice.New
		}
	case fieldStay:
		s.choice.Stay = !s.choice.Stay
	case fieldStart:
		if reason := s.ready(); reason != "" {
			s.host.Say(look.Alarm, reason)
			return nil
		}
		return s.start("")
	}
	return nil
}

func (s *Screen) start(string) tea.Cmd {
	chosen := s.choice
	chosen.Broker, chosen.User = chosen.Server.Address, chosen.Server.User
	s.cfg.Chosen = &chosen
	return s.host.Quit()
}

func (s *Screen) demo(string) tea.Cmd {
	s.cfg.Chosen = &Choice{Demo: true}
	return s.host.Quit()
}

// askReceivers asks for the names of receivers.
func (s *Screen) askReceivers() {
	s.host.Ask(screen.Prompt{Words: s.say("setup.ask.receivers", nil), Value: strings.Join(s.choice.Receivers, " "), Take: func(text string) {
		names := strings.Fields(text)
		if len(names) == 0 {
			names = []string{auto}
		}
		s.choice.Receivers, s.wrong = names, ""
		if err := s.cfg.Backend.CheckReceivers(names); err != nil {
			s.wrong = err.Error()
		}
	}})
}

// askServer asks for the address of the broker, then for the login.
func (s *Screen) askServer() {
	s.host.Ask(screen.Prompt{Words: s.say("setup.ask.server", nil), Value: s.choice.Server.Address, Take: func(text string) {
		s.tested = ""
		if text != "" && !strings.Contains(text, "://") {
			text = "mqtt://" + text
		}
		if text != s.choice.Server.Address {
			s.choice.Server = Server{Address: text}
		}
		if text != "" {
			s.askUser()
		}
	}})
}

func (s *Screen) askUser() {
	s.host.Ask(screen.Prompt{Words: s.say("setup.ask.user", nil), Value: s.choice.Server.User, Take: func(user string) {
		s.choice.Server.User = user
		if user == "" {
			s.choice.Server.Password = mqttconn.Password{}
			s.test()
			return
		}
		s.host.Ask(screen.Prompt{Words: s.say("setup.ask.password", words.Args{"User": user}), Secret: true, Take: func(text string) {
			if text != "" {
				s.choice.Server.Password = mqttconn.NewPassword(text)
			}
			s.test()
		}})
	}})
}

// test tries the server.
func (s *Screen) test() {
	s.testing, s.tested = true, ""
	attempt, server := s.attempt, s.choice.Server
	s.run(func(done <-chan struct{}) tea.Msg {
		took, err := s.cfg.Backend.Test(done, server)
		return testMsg{attempt, took, err}
	})
}

func (s *Screen) showPreview() {
	s.view = viewPreview
	s.Resize(s.w, s.h)
	s.page.Take()
	s.page.Opened()
}

// Take takes over what the host has.
func (s *Screen) Take() {}

// Resize fits the screen to a size.
func (s *Screen) Resize(w, h int) {
	s.w, s.h = w, h
	if s.view == viewPreview {
		s.page.Resize(w, h)
	}
	s.chooser.move(0, s.chooserRows())
}

// Scroll moves the cursor.
func (s *Screen) Scroll(lines int) {
	switch s.view {
	case viewPreview:
		s.page.Scroll(lines)
	case viewChooser:
		s.chooser.move(lines, s.chooserRows())
	default:
		all := s.fields()
		i := max(0, slices.Index(all, s.at))
		s.at = all[max(0, min(len(all)-1, i+max(-len(all), min(len(all), lines))))]
	}
}

// Pageful is how far a page key goes.
func (s *Screen) Pageful() int { return max(1, s.h-2) }

// say fills in a message in the language of the screen.
func (s *Screen) say(name string, a words.Args) string { return s.host.Look.Lang.Say(name, a) }

// count is say for a message that counts something.
func (s *Screen) count(name string, n int, a words.Args) string {
	return s.host.Look.Lang.Plural(name, n, a)
}
