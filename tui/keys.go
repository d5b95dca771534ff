package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
	"earshot/tui/setup"
)

// keys are all that work now.
func (m *Model) keys() []screen.Binding {
	if p := m.host.Prompting(); p != nil {
		return slices.Concat(m.typing(p.Moves), m.terminal())
	}
	return m.keysOf(m.at)
}

// keysOf are the keys of a screen: its own, and of those that work everywhere the ones
// that it does not use.
func (m *Model) keysOf(name screen.Name) []screen.Binding {
	if modal, is := m.screens[name].(screen.Modal); is && modal.Mode() != m.modes[name] {
		m.bindings[name], m.modes[name] = nil, modal.Mode()
	}
	if m.bindings[name] == nil {
		own := m.screens[name].Keys()
		m.bindings[name] = slices.Concat(screen.Over(own, m.movements()), own, screen.Over(own, m.commons(name)), m.terminal())
	}
	return m.bindings[name]
}

// say is a message of the screen.
func (m *Model) say(name string) string { return m.host.Look.Lang.Say(name, nil) }

// heading is what the keys of a screen are listed under.
func (m *Model) heading(name screen.Name) string { return m.say("room." + rooms[name].name + ".head") }

// movements are the keys that move on every screen.
func (m *Model) movements() []screen.Binding {
	return []screen.Binding{
		{Keys: []string{"up"}, Help: m.say("key.up"), Do: m.scrolls(-1)},
		{Keys: []string{"down"}, Label: upDown, Short: m.say("key.move"), Help: m.say("key.down"), Rank: 6, Do: m.scrolls(1)},
		{Keys: []string{"pgup", "shift+space"}, Help: m.say("key.page_up"), Do: m.pages(-1)},
		{Keys: []string{"pgdown", "space"}, Help: m.say("key.page_down"), Do: m.pages(1)},
		{Keys: []string{"home"}, Help: m.say("key.home"), Do: m.scrolls(-screen.Far)},
		{Keys: []string{"end"}, Help: m.say("key.end"), Do: m.scrolls(screen.Far)},
	}
}

func upDown(l *look.Look) string { return l.UpDown }

// commons are the other keys that work on every screen. The ways to other screens are the
// first to leave the footer, but on the list.
func (m *Model) commons(on screen.Name) []screen.Binding {
	var keys []screen.Binding
	for i, r := range rooms {
		if name := screen.Name(i); r.key != "" && m.screens[name] != nil && name != on {
			b := screen.Binding{Keys: []string{r.key}, Help: m.say("room." + r.name), Do: screen.Just(func() { m.open(name) })}
			if r.letter != "" {
				b.Keys, b.Short, b.Rank = []string{r.letter, r.key}, m.say("room."+r.name+".short"), look.Pick(on == screen.Building, r.rank, screen.LastRank)
			}
			keys = append(keys, b)
		}
	}
	return append(keys, []screen.Binding{
		{Keys: []string{"esc", "backspace"}, Label: screen.Named("esc"), Short: m.say("key.back"), Help: m.say("key.back"), Rank: 2, Do: screen.Just(m.back)},
		{Keys: []string{"?"}, Short: m.say("key.help"), Help: m.say("key.help.this"), Rank: 1, Do: screen.Just(func() { m.open(screen.Help) })},
		{Keys: []string{"q"}, Short: m.say("key.quit"), Help: m.say("key.quit.what"), Rank: 1, Do: m.quits},
		{Keys: []string{"m"}, Help: m.say("key.mouse"), Do: screen.Just(m.switchMouse)},
	}...)
}

// terminal are the keys that work while typing, too.
func (m *Model) terminal() []screen.Binding {
	return []screen.Binding{
		{Keys: []string{"ctrl+l"}, Help: m.say("key.redraw"), Do: func(string) tea.Cmd { return tea.ClearScreen }},
		{Keys: []string{"ctrl+z"}, Help: m.say("key.suspend"), Do: func(string) tea.Cmd { return tea.Suspend }},
		{Keys: []string{"ctrl+c"}, Help: m.say("key.quit_now"), Do: m.quits},
	}
}

// typing are the keys of a prompt; those that are not among them are typed.
func (m *Model) typing(scrolls bool) []screen.Binding {
	keys := []screen.Binding{
		{Keys: []string{"enter"}, Short: m.say("key.take"), Help: m.say("key.take.what"), Rank: 1, Do: screen.Just(m.host.TakePrompt)},
		{Keys: []string{"esc"}, Short: m.say("key.forget"), Help: m.say("key.forget.what"), Rank: 1, Do: screen.Just(m.host.DropPrompt)},
	}
	if scrolls {
		return append(m.movements()[:2], keys...)
	}
	return keys
}

// group are the keys under one heading.
type group struct {
	words string
	keys  []screen.Binding
}

// groups are all keys, as the help and docs/cli.md list them.
func (m *Model) groups() []group {
	all := []group{{m.say("room.everywhere.head"), slices.Concat(m.movements(), m.commons(screen.Names), m.terminal())}}
	for name, s := range m.screens {
		if s != nil {
			all = append(all, group{m.heading(screen.Name(name)), s.Keys()})
		}
	}
	return append(all,
		group{m.say("room.typing.head"), slices.Concat(m.typing(false), m.terminal())},
		group{m.say("room.searching.head"), m.movements()[:2]},
	)
}

// press runs the action of a key, or says why it does nothing.
func (m *Model) press(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	if cmd, found := m.host.Press(m.keys(), name); found {
		return cmd
	}
	if m.host.Prompting() != nil {
		m.host.Type(msg)
		return nil
	}
	m.host.Say(look.Dim, m.host.Look.Lang.Say("say.nothing", words.Args{"Key": name}))
	return nil
}

// KeyTable is the table of keys of docs/cli.md, in Markdown.
func KeyTable() string {
	var b strings.Builder
	b.WriteString("| where | key | what it does |\n| --- | --- | --- |\n")
	m := newModel(Config{Now: time.Now, Source: nothing{}, Guard: NewGuard()})
	own := setup.New(screen.NewHost(m.host.Look, time.Now), &setup.Config{}) // it has a program of its own
	for _, g := range append(m.groups(), group{m.heading(screen.Setup), own.Keys()}) {
		for _, k := range g.keys {
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", g.words, strings.Join(k.Keys, "` or `"), k.Help)
		}
	}
	return b.String()
}

func (m *Model) scrolls(lines int) func(string) tea.Cmd {
	return screen.Just(func() { m.screens[m.at].Scroll(lines) })
}

func (m *Model) pages(by int) func(string) tea.Cmd {
	return screen.Just(func() { m.screens[m.at].Scroll(by * m.screens[m.at].Pageful()) })
}

// quits leaves the screen. A terminal that was asked for its background a moment ago
// may answer first: else the answer would stand at the shell's prompt.
func (m *Model) quits(string) tea.Cmd {
	rest := answerTime - m.cfg.Now().Sub(m.started)
	if m.background != nil || look.Named(m.cfg.Theme) || rest <= 0 {
		return tea.Quit
	}
	m.leaving = true
	return m.life.command(m.cfg.Guard, func(done <-chan struct{}) tea.Msg {
		t := time.NewTimer(rest)
		defer t.Stop()
		select {
		case <-t.C:
		case <-done:
		}
		return tea.QuitMsg{}
	})
}

// answerTime is how long a terminal may take to say what its background is.
const answerTime = time.Second

func (m *Model) switchMouse() {
	m.noMouse = !m.noMouse
	m.host.Say(look.Dim, m.say(look.Pick(m.noMouse, "say.mouse.off", "say.mouse.on")))
}
