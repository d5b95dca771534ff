package setup

import (
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// chooser is where a list is chosen: the sites of earlier campaigns, and a folder.
type chooser struct {
	recent  []Site
	folder  Folder
	problem string
	filter  string
	cursor  int
	top     int
}

// option is a line of the chooser.
type option struct {
	site  *Site  // of an earlier campaign
	entry *Entry // of the folder
	up    bool   // the folder above
}

// options are the lines that a filter leaves.
func (c *chooser) options() (all []option) {
	matches := func(text string) bool {
		return strings.Contains(strings.ToLower(text), strings.ToLower(c.filter))
	}
	for i := range c.recent {
		if matches(c.recent[i].List) {
			all = append(all, option{site: &c.recent[i]})
		}
	}
	if c.filter == "" && c.folder.Path != "" {
		all = append(all, option{up: true})
	}
	for i := range c.folder.Entries {
		if matches(c.folder.Entries[i].Name) {
			all = append(all, option{entry: &c.folder.Entries[i]})
		}
	}
	return all
}

// move moves the cursor in so many lines.
func (c *chooser) move(by, rows int) {
	n := len(c.options())
	c.cursor = max(0, min(n-1, c.cursor+max(-n, min(n, by))))
	rows = max(1, rows)
	c.top = max(0, min(c.top, n-rows, c.cursor), c.cursor-rows+1)
}

// chooserRows is how many lines the chooser has for options.
func (s *Screen) chooserRows() int { return s.h - 2 }

func (s *Screen) openChooser() {
	s.view = viewChooser
	s.chooser.filter, s.chooser.cursor, s.chooser.top = "", 0, 0
	folder := ""
	if s.choice.List != "" {
		folder = filepath.Dir(s.choice.List)
	}
	s.openFolder(folder)
}

func (s *Screen) openFolder(path string) {
	s.run(func(<-chan struct{}) tea.Msg {
		f, err := s.cfg.Backend.Folder(path)
		return folderMsg{f, err}
	})
}

// opened shows a folder, or why it cannot be read.
func (s *Screen) opened(m folderMsg) {
	c := &s.chooser
	if c.problem = ""; m.err != nil {
		c.problem = m.err.Error()
		return
	}
	if c.folder.Path != "" && c.folder.Path != m.folder.Path {
		c.cursor, c.top = len(c.recent), 0
	}
	c.folder, c.filter = m.folder, ""
	c.move(0, s.chooserRows())
}

func (s *Screen) chooserKeys() []screen.Binding {
	return []screen.Binding{
		{Keys: []string{"enter", "right"}, Short: s.say("setup.key.open", nil), Help: s.say("setup.help.open", nil), Rank: 1, Do: screen.Just(s.pick)},
		{Keys: []string{"left"}, Short: s.say("setup.key.up", nil), Help: s.say("setup.help.up", nil), Rank: 3, Do: screen.Just(s.up)},
		{Keys: []string{"/"}, Short: s.say("setup.key.path", nil), Help: s.say("setup.help.path", nil), Rank: 2, Do: screen.Just(s.askPath)},
		{Keys: []string{"esc", "backspace"}, Label: screen.Named("esc"), Short: s.say("setup.key.back", nil), Help: s.say("setup.help.back", nil), Rank: 1, Do: screen.Just(func() { s.view = viewForm })},
	}
}

// pick takes what is under the cursor.
func (s *Screen) pick() {
	all := s.chooser.options()
	if s.chooser.cursor >= len(all) {
		return
	}
	switch o := all[s.chooser.cursor]; {
	case o.site != nil:
		s.use(*o.site)
	case o.up:
		s.up()
	case o.entry.Folder:
		s.openFolder(filepath.Join(s.chooser.folder.Path, o.entry.Name))
	default:
		s.choose(filepath.Join(s.chooser.folder.Path, o.entry.Name))
	}
}

func (s *Screen) up() { s.openFolder(filepath.Dir(s.chooser.folder.Path)) }

// askPath asks for a part of a name, or for a path.
func (s *Screen) askPath() {
	find := func(text string) {
		if !strings.ContainsAny(text, `/\`) {
			s.chooser.filter = text
			s.chooser.move(-screen.Far, s.chooserRows())
		}
	}
	s.host.Ask(screen.Prompt{Words: s.say("setup.ask.path", nil), Limit: 4096, Moves: true, Typed: find, Drop: func() { find("") }, Take: func(text string) {
		switch {
		case text == "":
			find("")
		case strings.ContainsAny(text, `/\`):
			if strings.HasSuffix(text, "/") {
				s.openFolder(text)
				return
			}
			if !filepath.IsAbs(text) {
				text = filepath.Join(s.chooser.folder.Path, text)
			}
			s.choose(text)
		case len(s.chooser.options()) > 0:
			s.pick()
		}
	}})
}

// drawChooser draws the sites and the folder.
func (s *Screen) drawChooser() []string {
	l, c := s.host.Look, &s.chooser
	title := l.Line(s.w).Put(look.Accent, " "+s.say("setup.choose", nil)).Put(look.Dim, "  "+l.Text(c.folder.Path))
	lines := []string{title.String()}
	all := c.options()
	for i := c.top; i < min(len(all), c.top+max(0, s.chooserRows())); i++ {
		lines = append(lines, s.drawOption(&all[i], i == c.cursor))
	}
	switch {
	case c.problem != "":
		lines = append(lines, l.Line(s.w).Put(look.Failed, " "+l.Text(c.problem)).String())
	case len(all) == 0:
		lines = append(lines, l.Line(s.w).Put(look.Dim, " "+s.say("setup.choose.none", nil)).String())
	case c.folder.More > 0:
		lines = append(lines, l.Line(s.w).Put(look.Dim, " "+s.count("setup.choose.more", c.folder.More, nil)).String())
	}
	return lines[:min(len(lines), max(0, s.h))]
}

func (s *Screen) drawOption(o *option, selected bool) string {
	l := s.host.Look
	n := l.Line(s.w)
	if selected {
		n.Begin(look.Selected)
	}
	n.Put(look.Plain, look.Pick(selected, l.Cursor, " ")+" ")
	name, about, tone := "..", "", look.Plain
	switch {
	case o.site != nil:
		name, about, tone = o.site.List, s.say("setup.choose.used", words.Args{"Age": l.Lang.Age(max(0, s.host.Clock().Sub(o.site.Used)))}), look.Accent
	case o.up:
	case o.entry.Folder:
		name = o.entry.Name + "/"
	default:
		name, about = o.entry.Name, l.Lang.Date(o.entry.Time)
	}
	if s.w >= screen.Narrow && about != "" {
		n.Cell(tone, l.Text(name), max(10, s.w-22)).Put(look.Dim, about)
	} else {
		n.Put(tone, l.Text(name))
	}
	if selected {
		n.End()
	}
	return n.String()
}
