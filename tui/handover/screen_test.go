package handover

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

var update = flag.Bool("update", false, "write the goldens")

// clerk makes the example, and writes what it is told to.
type clerk struct {
	made, wrote int
	err         error
}

func (c *clerk) Document(state.Snapshot) *handover.Document {
	c.made++
	return handovertest.Example()
}

func (c *clerk) Write(ctx context.Context) ([]string, error) {
	c.wrote++
	return []string{"/list/a-draft.pdf", "/list/a-draft.json"}, errors.Join(c.err, ctx.Err())
}

func (*clerk) Folder() string { return "/list" }

// desk is a screen, and the commands that it gave.
type desk struct {
	*Screen
	host     *screen.Host
	commands []func(<-chan struct{}) tea.Msg
}

func newDesk(p screen.Protocol, l *words.Language, w int) *desk { return newDeskIn("none", p, l, w) }

// newDeskIn has the colours of a theme.
func newDeskIn(theme string, p screen.Protocol, l *words.Language, w int) *desk {
	d := &desk{host: screen.NewHost(look.New(look.Unicode, look.ThemeFor(theme, colorprofile.TrueColor, nil), l), func() time.Time { return handovertest.At(12, 0) })}
	d.host.Protocol = p
	d.host.Command = func(wait func(<-chan struct{}) tea.Msg) tea.Cmd {
		d.commands = append(d.commands, wait)
		return nil
	}
	d.host.Resize(w)
	d.Screen = New(d.host)
	d.Screen.Resize(w, 45)
	d.Screen.Opened()
	return d
}

func (d *desk) press(key string) {
	d.host.Answers()
	d.host.Press(d.Keys(), key)
}

// run runs the last command and takes what it brings.
func (d *desk) run(done <-chan struct{}) {
	d.Update(d.commands[len(d.commands)-1](done))
}

// picture is what is shown, without styles, and the footer.
func (d *desk) picture() string {
	return ansi.Strip(strings.TrimRight(strings.Join(d.Draw(), "\n"), "\n")+"\n"+d.host.Footer(d.Keys(), 1)[0]) + "\n"
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != got {
		t.Errorf("%s is another one (%v): run with -update, and read the diff", path, err)
	}
}

// TestPreview: the protocol in short, in each width and language; no line is too wide.
func TestPreview(t *testing.T) {
	t.Parallel()
	for _, w := range []int{40, 80, 120} {
		d := newDesk(&clerk{}, words.English, w)
		golden(t, "preview"+strconv.Itoa(w), d.picture())
		for line := range strings.Lines(d.picture()) {
			if n := ansi.StringWidth(strings.TrimSuffix(line, "\n")); n > w {
				t.Errorf("%d columns: %q has %d", w, line, n)
			}
		}
	}
	golden(t, "preview.da", newDesk(&clerk{}, words.Danish, 80).picture())
}

// TestSheets compares the screen in each language, size and kind of colours.
func TestSheets(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, l := range []*words.Language{words.English, words.Danish, words.German} {
		for _, w := range []int{40, 80, 120} {
			for _, theme := range []string{"dark", "light", "none"} {
				d := newDeskIn(theme, &clerk{}, l, w)
				text := strings.Join(append(d.Draw(), d.host.Footer(d.Keys(), 1)...), "\n")
				all.WriteString("== " + l.String() + " " + strconv.Itoa(w) + " " + theme + "\n" + strings.ReplaceAll(text, "\x1b", "␛") + "\n")
			}
		}
	}
	golden(t, "sheets", all.String())
}

// TestWrite: the first press says what is written and where, the second writes it.
func TestWrite(t *testing.T) {
	t.Parallel()
	c := &clerk{}
	d := newDesk(c, words.English, 80)
	d.press("w")
	if len(d.commands) != 0 || !strings.Contains(d.picture(), "w again: the protocol is written in all its forms to /list") {
		t.Errorf("%d commands: %s", len(d.commands), d.picture())
	}
	d.press("w")
	if len(d.commands) != 1 || !strings.Contains(d.picture(), "being written") {
		t.Errorf("%d commands: %s", len(d.commands), d.picture())
	}
	d.press("w")
	if len(d.commands) != 1 {
		t.Error("it is written twice at the same time")
	}
	d.run(nil)
	if c.wrote != 1 || c.made != 2 {
		t.Errorf("written %d times, made %d times", c.wrote, c.made)
	}
	golden(t, "written", d.picture())
	c.err = errors.New("the disk is full")
	d.press("w")
	d.press("w")
	d.run(nil)
	if text := d.picture(); !strings.Contains(text, "not written: the disk is full") {
		t.Error(text)
	}
	done := make(chan struct{})
	close(done)
	c.err = nil
	d.press("w")
	d.press("w")
	d.run(done)
	if c.wrote != 3 {
		t.Errorf("written %d times", c.wrote)
	}
}

// TestRenew: the preview is of the moment when the screen was opened, or of the key.
func TestRenew(t *testing.T) {
	t.Parallel()
	c := &clerk{}
	d := newDesk(c, words.English, 80)
	d.Take()
	d.Take()
	if d.press("r"); c.made != 2 {
		t.Errorf("made %d times", c.made)
	}
	none := newDesk(nil, words.English, 80)
	none.press("w")
	if text := none.picture(); len(none.commands) != 0 || strings.Count(text, "nothing is handed over here") != 2 {
		t.Error(text)
	}
}
