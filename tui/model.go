package tui

import (
	"image/color"
	"os"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/progress"
	"charm.land/bubbles/v2/spinner"
	"charm.land/bubbles/v2/textinput"
	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"earshot/collector/state"
)

// page is what the screen shows.
type page uint8

const (
	pageList page = iota
	pageDetail
	pageUnlisted
	pageHelp
)

// prompt is what the installer is asked to type.
type prompt uint8

const (
	noPrompt prompt = iota
	promptSearch
	promptNote
	promptWaiver
)

// Model is the screen. It is the only Bubble Tea model here; the pages are
// methods of it.
type Model struct {
	cfg  Config
	look *look
	life *life
	keys []binding

	snap  state.Snapshot
	now   time.Time // time of the last tick: it advances once a second, for all ages together
	rates []int     // telegrams a minute, by receiver

	width, height int
	sheet         sheet
	page          page
	under         page // the page that help was opened from

	list  list
	meter string // whose details are shown
	where int    // width of the longest place
	cache *rowCache
	pager viewport.Model // of every page but the list

	prompt  prompt
	noteFor string // the meter that a note is being written for
	noteWas string // … and the note that is being edited, "" for a new one
	input   textinput.Model

	bar      progress.Model
	spinner  spinner.Model
	help     help.Model
	ticking  bool
	asked    asked  // the question that another press answers
	answered asked  // … while a key is handled: it was asked just before
	pressed  string // the key that is handled
	noMouse  bool

	profile    colorprofile.Profile // of the terminal's colours
	background color.Color          // nil if the terminal did not say
	started    time.Time
	leaving    bool // as soon as it says, or its time is over
	flash      flash
}

// flash is a message in place of the footer, until a key is pressed or its
// time is over.
type flash struct {
	text  string
	tone  token
	until time.Time
}

// flashTime is how long a message is shown.
const flashTime = 8 * time.Second

// New returns a screen that shows the source's current snapshot in 80×24.
func New(cfg Config) Model {
	return newModel(cfg.withDefaults(os.Environ()))
}

// newModel is New with a complete configuration.
func newModel(cfg Config) Model {
	l := newLook(cfg.set(), themeFor(cfg.Theme, colorprofile.TrueColor, nil))
	m := Model{
		cfg: cfg, look: l, life: newLife(), keys: newBindings(),
		cache: &rowCache{rows: map[string]drawnRow{}},
		pager: viewport.New(),
		input: textinput.New(),
		bar: progress.New(progress.WithoutPercentage(), progress.WithFillCharacters(l.barFull, l.barEmpty),
			progress.WithColors()),
		spinner: spinner.New(spinner.WithSpinner(spinner.Spinner{Frames: l.spinner, FPS: tickEvery})),
		help:    help.New(),
	}
	m.bar.EmptyColor = nil
	m.dress(l)
	m.help.ShortSeparator, m.help.Ellipsis = "  ", l.ellipsis
	m.now = cfg.Now()
	m.started = m.now
	m.ticking = true // Init asks for the first tick
	m.width, m.height = 80, 24
	m.take(cfg.Source.Snapshot())
	m.resize(80, 24)
	return m
}

// Init asks for the first wake-up, and for the terminal's background.
func (m Model) Init() tea.Cmd {
	if themes[m.cfg.Theme] != nil {
		return tea.Batch(m.wake(), m.tick())
	}
	return tea.Batch(m.wake(), m.tick(), tea.RequestBackgroundColor)
}

// View draws the page. It changes nothing but a cache of drawn rows.
func (m Model) View() tea.View {
	v := tea.NewView(strings.Join(m.draw(), "\n"))
	v.AltScreen = true
	if !m.noMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// draw returns the lines of the screen: never more than its height, and none
// wider than it.
func (m *Model) draw() []string {
	if m.width < 1 || m.height < 1 {
		return nil
	}
	if m.page == pageList {
		return m.drawList()
	}
	return m.drawPager()
}

// dress draws everything with another look.
func (m *Model) dress(l *look) {
	l.limits = m.snap.Limits
	m.look = l
	m.bar.FullColor = l.theme[good].foreground()
	m.input.SetStyles(l.inputStyles())
	m.help.Styles = l.helpStyles()
	m.cache.forget()
}

// suit chooses the theme for what the terminal has said of itself.
func (m *Model) suit() {
	m.dress(newLook(m.look.set, themeFor(m.cfg.Theme, m.profile, m.background)))
	m.fill()
}

// resize fits the screen to a size.
func (m *Model) resize(w, h int) {
	m.width, m.height = w, h
	m.sheet = sheetFor(w, m.where)
	m.cache.forget()
	m.input.SetWidth(max(1, w-24))
	m.help.SetWidth(w)
	m.pager.SetWidth(w)
	m.fill()
	m.list.show(m.rowLines())
}

// plan is how the lines of the list page are used now.
func (m *Model) plan() plan {
	return planFor(m.width, m.height, m.prompt != noPrompt || m.list.narrowed() || m.finished(), m.crowded())
}

// rowLines is how many rows of the list fit.
func (m *Model) rowLines() int { return m.plan().rows }

// say shows a message.
func (m *Model) say(tone token, text string) {
	m.flash = flash{text: m.look.text(text), tone: tone, until: m.cfg.Now().Add(flashTime)}
}

// current is the row under the cursor, nil if the list shows none.
func (m *Model) current() *state.Row {
	if m.page == pageDetail {
		return m.row(m.meter)
	}
	return m.list.current()
}

// row is the row of that reference, nil if there is none.
func (m *Model) row(ref string) *state.Row {
	i := slices.IndexFunc(m.snap.Rows, func(r *state.Row) bool { return r.Ref == ref })
	if i < 0 {
		return nil
	}
	return m.snap.Rows[i]
}
