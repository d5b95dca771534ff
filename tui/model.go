package tui

import (
	"image/color"
	"os"
	"strings"
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"earshot/collector/state"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Model is the only Bubble Tea model. It routes messages to the screens, and draws the one
// that is shown above a prompt and the footer.
type Model struct {
	cfg  Config
	life *life
	host *screen.Host

	screens       [screen.Names]screen.Screen // nil: there is none
	bindings      [screen.Names][]screen.Binding
	modes         [screen.Names]int // for which they were asked
	at            screen.Name       // the one that is shown
	past          []screen.Name     // where back goes, the last one first
	width, height int

	spinner spinner.Model
	ticking bool
	noMouse bool
	away    bool      // the terminal has no focus: it is painted less often
	taken   time.Time // when the last snapshot came

	profile    colorprofile.Profile // of the terminal's colours
	background color.Color          // nil if the terminal did not say
	started    time.Time
	leaving    bool // as soon as it says, or its time is over
}

// nothing is a source that never has anything.
type nothing struct{}

func (nothing) Snapshot() state.Snapshot { return state.Snapshot{} }
func (nothing) Changed() <-chan struct{} { return nil }

// New returns a screen that shows the source's current snapshot in 80×24.
func New(cfg Config) *Model {
	return newModel(cfg.withDefaults(os.Environ()))
}

// newModel is New with a complete configuration.
func newModel(cfg Config) *Model {
	l := look.New(cfg.set(), look.ThemeFor(cfg.Theme, colorprofile.TrueColor, nil), cfg.Lang)
	m := &Model{
		cfg: cfg, life: newLife(), host: screen.NewHost(l, cfg.Now), at: screen.Building,
		spinner: spinner.New(spinner.WithSpinner(spinner.Spinner{Frames: l.Spinner, FPS: tickEvery})),
		started: cfg.Now(),
		ticking: true, // Init asks for the first tick
		width:   80, height: 24,
	}
	h := m.host
	h.Protocol = cfg.Protocol
	h.Lab, h.Keys = cfg.Lab, cfg.Keys
	h.Actions, h.Open, h.Back, h.Spinner = cfg.Actions, m.open, m.back, m.spinner.View()
	h.Quit = func() tea.Cmd { return m.quits("") }
	h.Command = func(wait func(<-chan struct{}) tea.Msg) tea.Cmd { return m.life.command(cfg.Guard, wait) }
	m.newScreens()
	if cfg.Setup != nil {
		m.at = screen.Setup
	}
	m.resize(80, 24)
	m.take(cfg.Source.Snapshot())
	m.fit()
	return m
}

// Init asks for the first wake-up, and for the terminal's background.
func (m *Model) Init() tea.Cmd {
	if look.Named(m.cfg.Theme) {
		return tea.Batch(m.wake(), m.tick(), m.host.Queued())
	}
	return tea.Batch(m.wake(), m.tick(), m.host.Queued(), tea.RequestBackgroundColor)
}

// View draws the screen. It changes nothing but caches.
func (m *Model) View() tea.View {
	v := tea.NewView(strings.Join(m.draw(), "\n"))
	v.AltScreen, v.ReportFocus = true, true
	if !m.noMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// draw returns the lines of the terminal: never more than its height, and none wider than
// it.
func (m *Model) draw() []string {
	lines := m.screens[m.at].Draw()
	body, prompt, footer := m.frame()
	lines = append(lines, make([]string, max(0, body-len(lines)))...)[:body]
	if prompt {
		lines = append(lines, m.host.DrawPrompt())
	}
	if footer > 0 {
		lines = append(lines, m.host.Footer(m.keys(), footer)...)
	}
	return lines
}

// frame divides the terminal: lines of the screen and of the footer, and whether there is
// room for a prompt.
func (m *Model) frame() (body int, prompt bool, footer int) {
	prompt = m.height >= 2 && m.host.Prompting() != nil
	switch {
	case m.height >= roomForKeys:
		footer = 2
	case m.height >= look.Pick(prompt, 4, 2):
		footer = 1
	}
	return max(0, m.height-footer-look.Pick(prompt, 1, 0)), prompt, footer
}

// roomForKeys is from which height on the footer has two lines.
const roomForKeys = 36

// fit tells the screen that is shown how much room it has.
func (m *Model) fit() {
	body, _, _ := m.frame()
	m.screens[m.at].Resize(m.width, body)
}

// suit chooses the theme for what the terminal has said of itself.
func (m *Model) suit() {
	m.host.Dress(m.host.Look.With(look.ThemeFor(m.cfg.Theme, m.profile, m.background)))
	m.screens[m.at].Take()
}

// resize fits everything to a terminal.
func (m *Model) resize(w, h int) {
	m.width, m.height = max(1, w), max(1, h)
	m.host.Resize(m.width)
}
