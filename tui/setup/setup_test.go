package setup

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/rogpeppe/go-internal/txtar"

	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

var update = flag.Bool("update", false, "write the screens of testdata anew")

var dawn = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// office is a backend that has a few lists.
type office struct {
	recent   []Site
	previews map[string]Preview
	standing Standing
	tests    []Server
	broken   error
}

func (o *office) Recent() []Site { return o.recent }

func (o *office) Folder(path string) (Folder, error) {
	if path == "/locked/" {
		return Folder{}, errors.New("open /locked: permission denied")
	}
	if path == "" {
		path = "/jobs"
	}
	return Folder{Path: path, More: 3, Entries: []Entry{
		{Name: "archive", Folder: true, Time: dawn}, {Name: "søndergade.xlsx", Time: dawn}, {Name: "evil\x1b[2J\u202e\n.csv", Time: dawn}, {Name: "other.csv", Time: dawn},
	}}, nil
}

func (o *office) Preview(list string) (Preview, error) {
	p, known := o.previews[filepath.Base(list)]
	if !known {
		return Preview{}, fmt.Errorf("%s: there is no such file", list)
	}
	return p, nil
}

func (o *office) Standing(string) (Standing, error)    { return o.standing, nil }
func (o *office) Receivers(<-chan struct{}) []Receiver { return nil }
func (o *office) CheckReceivers(names []string) error {
	if names[0] == "what" {
		return errors.New("receiver what: there is no driver of this name: earshot receivers lists what is attached")
	}
	return nil
}

func (o *office) Test(_ <-chan struct{}, s Server) (time.Duration, error) {
	o.tests = append(o.tests, s)
	return 12 * time.Millisecond, o.broken
}

// desk is a screen, and what was asked of it.
type desk struct {
	t      *testing.T
	office *office
	cfg    *Config
	host   *screen.Host
	s      *Screen
	quit   bool
	golden *txtar.Archive
}

func newDesk(t *testing.T, lang *words.Language, o *office, ssh bool) *desk {
	t.Helper()
	return newDeskIn(t, "none", lang, o, ssh)
}

// newDeskIn has the colours of a theme.
func newDeskIn(t *testing.T, theme string, lang *words.Language, o *office, ssh bool) *desk {
	t.Helper()
	d := &desk{t: t, office: o, cfg: &Config{Backend: o, SSH: ssh}}
	d.host = screen.NewHost(look.New(look.Unicode, look.ThemeFor(theme, colorprofile.ASCII, nil), lang), func() time.Time { return dawn })
	over := make(chan struct{})
	close(over) // what waits for receivers ends at once
	d.host.Command = func(wait func(<-chan struct{}) tea.Msg) tea.Cmd { return func() tea.Msg { return wait(over) } }
	d.host.Quit = func() tea.Cmd { d.quit = true; return nil }
	d.s = New(d.host, d.cfg)
	d.host.Resize(80)
	d.s.Resize(80, 23)
	d.work()
	return d
}

// work runs what was asked of the backend.
func (d *desk) work() {
	for cmd := d.host.Queued(); cmd != nil; cmd = d.host.Queued() {
		d.take(cmd())
	}
}

func (d *desk) take(msg tea.Msg) {
	if batch, is := msg.(tea.BatchMsg); is {
		for _, cmd := range batch {
			d.take(cmd())
		}
		return
	}
	d.s.Update(msg)
}

func (d *desk) press(names ...string) {
	d.t.Helper()
	for _, name := range names {
		d.host.Answers()
		if n, moves := map[string]int{"up": -1, "down": 1}[name]; moves {
			d.s.Scroll(n)
		} else if _, found := d.host.Press(d.s.Keys(), name); !found {
			d.t.Fatalf("there is no key %s", name)
		}
		d.work()
	}
}

// answer types a text into the prompt that is open.
func (d *desk) answer(text string) {
	d.t.Helper()
	if d.host.Prompting() == nil {
		d.t.Fatalf("nothing is asked to which %q is an answer", text)
	}
	for range 100 {
		d.host.Type(tea.KeyPressMsg{Code: tea.KeyBackspace})
	}
	d.host.Type(tea.PasteMsg{Content: text})
	d.host.TakePrompt()
	d.work()
}

// screen compares what is drawn in w columns and h lines.
func (d *desk) screen(name string, w, h int) {
	d.t.Helper()
	d.host.Resize(w)
	d.s.Resize(w, h)
	lines := d.s.Draw()
	if len(lines) > h {
		d.t.Errorf("%s: %d lines in %d", name, len(lines), h)
	}
	var b strings.Builder
	for _, line := range lines {
		plain := strings.TrimRight(ansi.Strip(line), " ")
		if n := ansi.StringWidthWc(plain); n > w {
			d.t.Errorf("%s: %d columns in %d: %s", name, n, w, plain)
		}
		b.WriteString(plain + "\n")
	}
	if d.host.Saying() {
		b.WriteString(ansi.Strip(strings.Join(d.host.Footer(nil, 1), "\n")) + "\n")
	}
	d.compare(name, b.String())
}

// compare compares a screen with that of the file.
func (d *desk) compare(name, got string) {
	d.t.Helper()
	for i := range d.golden.Files {
		if f := &d.golden.Files[i]; f.Name == name {
			if string(f.Data) != got && !*update {
				d.t.Errorf("%s is not as it was; run with -update and look at the difference\n%s", name, got)
			}
			f.Data = []byte(got)
			return
		}
	}
	if !*update {
		d.t.Errorf("there is no screen %s: run with -update", name)
	}
	d.golden.Files = append(d.golden.Files, txtar.File{Name: name, Data: []byte(got)})
}

func newOffice() *office {
	return &office{previews: map[string]Preview{
		"søndergade.xlsx": {Name: "søndergade", Meters: 48, Keys: 40, Rejected: 2, Repaired: 1, Text: func(w int) string {
			return strings.Repeat("x", w) + "\nline 12: \x1b[2Jno number\n" + strings.Repeat("a long line ", 20)
		}},
		"other.csv": {Name: "other", Meters: 1, Keys: 1, Text: func(int) string { return "" }},
	}}
}

// TestScreens is an installer's way through the set-up.
func TestScreens(t *testing.T) {
	t.Parallel()
	const file = "testdata/setup.txtar"
	golden, err := txtar.ParseFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if golden == nil {
		golden = &txtar.Archive{Comment: []byte("Screens of TestScreens.\n")}
	}
	o := newOffice()
	d := newDesk(t, words.English, o, true)
	d.golden = golden
	d.screen("new", 80, 23)
	d.s.Update(receiverMsg(nil))
	d.press("g")
	d.screen("nothing-chosen", 80, 23)
	d.press("enter")
	d.screen("choose", 80, 23)
	d.press("down", "down", "down", "enter")
	d.screen("hostile", 80, 23)
	d.press("enter", "/")
	d.answer("gade")
	d.screen("chosen", 80, 23)
	d.press("v")
	d.screen("preview", 80, 23)
	d.press("esc")
	d.s.Update(plugged)
	d.tryServer()
	d.finish()
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(file, txtar.Format(golden), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// plugged are receivers of all kinds.
var plugged = receiverMsg{
	{Port: "/dev/ttyUSB0", What: "iM871A 1.6", Modes: "C1, T1", Telegrams: 160}, {Port: "/dev/ttyUSB1", Asking: true},
	{Port: "/dev/ttyACM0", Problem: "/dev/ttyACM0: no permission: add yourself to the group dialout, log out and in again: sudo usermod -aG dialout $USER"},
	{Port: "/dev/\x1b[31mx", What: "\u202eevil", Problem: "\x1b[2J"},
}

// tryServer names a server that refuses the login, and then takes it.
func (d *desk) tryServer() {
	t, o := d.t, d.office
	t.Helper()
	o.broken = errors.New("mqtt://broker: the login was refused: check user and password")
	for d.s.at != fieldServer {
		d.press("up")
	}
	d.press("enter")
	d.answer("broker")
	d.answer("me")
	if !d.host.Prompting().Secret {
		t.Error("a password is shown")
	}
	d.answer("secret")
	d.screen("refused", 80, 30)
	if len(o.tests) != 1 || string(o.tests[0].Password.Reveal()) != "secret" || o.tests[0].Address != "mqtt://broker" {
		t.Errorf("tested %v", o.tests)
	}
	o.broken = nil
	d.press("t")
}

// finish names receivers, draws all sizes, and starts.
func (d *desk) finish() {
	t := d.t
	t.Helper()
	d.press("up", "enter")
	d.answer("what is")
	d.screen("no-driver", 80, 30)
	d.press("enter")
	d.answer("auto:t1 rtlwmbus")
	d.screen("all", 80, 30)
	d.screen("narrow", 40, 24)
	d.screen("wide", 120, 40)
	d.screen("low", 80, 6)
	d.screen("tiny", 10, 2)
	d.screen("nothing", 1, 0)
	d.press("down", "down", "down", "enter")
	d.press("down", "enter")
	if c := d.cfg.Chosen; !d.quit || c == nil || c.List != "/jobs/søndergade.xlsx" || strings.Join(c.Receivers, " ") != "auto:t1 rtlwmbus" || c.Broker != "mqtt://broker" || c.User != "me" || !c.Stay || !c.SkipBad || c.New {
		t.Errorf("chosen: %+v", c)
	}
}

// TestRemembered: the last site is there at once, and its campaign can be resumed or not.
func TestRemembered(t *testing.T) {
	t.Parallel()
	o := newOffice()
	o.recent = []Site{{List: "/jobs/other.csv", Receivers: []string{"cul:c1"}, Broker: "mqtt://b", User: "u", Stay: true, Used: dawn}, {List: "/jobs/gone.csv"}}
	o.standing = Standing{Begun: dawn, Read: 34}
	d := newDesk(t, words.English, o, false)
	if d.s.at != fieldStart || d.s.ready() != "" || len(o.tests) != 0 {
		t.Errorf("not ready: %s", d.s.ready())
	}
	if text := strings.Join(d.s.Draw(), "\n"); !strings.Contains(text, "34 meters read") || strings.Contains(text, "SSH") {
		t.Errorf("%s", text)
	}
	d.press("up", "enter", "enter", "enter") // new, resumed, new
	d.press("g")
	if c := d.cfg.Chosen; c == nil || !c.New || c.Receivers[0] != "cul:c1" || c.Server.User != "u" || !c.Stay {
		t.Errorf("chosen: %+v", c)
	}
	d.press("up", "up", "up", "enter") // the chooser
	d.press("down", "enter")
	if reason := d.s.ready(); reason != "the list cannot be used: choose another, or correct it" || d.s.problem != "/jobs/gone.csv: there is no such file" {
		t.Errorf("%q", reason)
	}
	if len(d.s.choice.Receivers) != 1 || d.s.choice.Receivers[0] != auto {
		t.Errorf("receivers %v", d.s.choice.Receivers)
	}
	o.standing.InUse = "process 7 works on this site"
	d.s.choose("/jobs/other.csv")
	d.work()
	if reason := d.s.ready(); reason != o.standing.InUse {
		t.Errorf("%q", reason)
	}
}

// TestLateAnswers: an answer about a list or a server that is not chosen any more counts
// for nothing.
func TestLateAnswers(t *testing.T) {
	t.Parallel()
	d := newDesk(t, words.English, newOffice(), false)
	d.s.choose("/jobs/other.csv")
	late := d.s.attempt
	d.s.choose("/jobs/søndergade.xlsx")
	d.work()
	d.s.Update(listMsg{attempt: late, err: errors.New("late")})
	d.s.Update(testMsg{attempt: late, err: errors.New("late")})
	if d.s.problem != "" || d.s.tested != "" || d.s.preview.Meters != 48 {
		t.Errorf("%q %q %+v", d.s.problem, d.s.tested, d.s.preview)
	}
}

func TestChooser(t *testing.T) {
	t.Parallel()
	d := newDesk(t, words.English, newOffice(), false)
	d.press("enter", "/")
	d.answer("/locked/")
	if !strings.Contains(strings.Join(d.s.Draw(), "\n"), "permission denied") {
		t.Error("it is not said why a folder cannot be read")
	}
	d.press("/")
	d.answer("nothing like it")
	if d.s.view != viewChooser {
		t.Error("nothing was chosen, and the chooser is closed")
	}
	d.press("esc")
	d.press("d")
	if d.cfg.Chosen == nil || !d.cfg.Chosen.Demo {
		t.Errorf("%+v", d.cfg.Chosen)
	}
}

// TestSheets compares the set-up in each language, size and kind of colours.
func TestSheets(t *testing.T) {
	t.Parallel()
	const file = "testdata/sheets.txtar"
	golden, err := txtar.ParseFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if golden == nil || *update {
		golden = &txtar.Archive{Comment: []byte("Screens of TestSheets.\n")}
	}
	for _, lang := range []*words.Language{words.English, words.Danish, words.German} {
		for _, theme := range []string{"dark", "light", "none"} {
			d := newDeskIn(t, theme, lang, newOffice(), true)
			d.golden = golden
			for _, size := range [][2]int{{40, 23}, {80, 23}, {120, 39}} {
				d.host.Resize(size[0])
				d.s.Resize(size[0], size[1])
				text := strings.ReplaceAll(strings.Join(d.s.Draw(), "\n"), "\x1b", "␛")
				d.compare(fmt.Sprintf("%s %d×%d %s", lang, size[0], size[1]+1, theme), text+"\n")
			}
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(golden), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
