package screen

import (
	"context"
	"slices"
	"time"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"earshot/collector/handover"
	"earshot/collector/state"
	"earshot/device/wmbus"
	"earshot/tui/look"
)

// Actions are what the installer can ask for. They are called while the
// screen handles a key, pass the request on and return at once.
type Actions interface {
	// ReadAgain asks for another read of the meters with these references.
	ReadAgain(refs []string)
	// Note stores a note of the installer about a meter.
	Note(ref, text string)
	// EditNote stores a text in place of the last note, or removes that if the text
	// is empty.
	EditNote(ref, text string)
	// AcceptDoubt stores that what is doubtful about a meter is right, and why.
	AcceptDoubt(ref, why string)
	// Correct assigns an unlisted meter to a row; the zero address withdraws
	// that.
	Correct(ref string, to wmbus.Address)
	// UseKey reads a row with the key that was found for it (state.UseFound), or with
	// that of the list again (state.UseListed).
	UseKey(ref, which string)
	// Claim stores that an unlisted meter belongs into the list, at a place; Disclaim
	// takes that back.
	Claim(of wmbus.Address, place string)
	Disclaim(of wmbus.Address)
	// Ignore stores that an unlisted meter is somebody else's, or that it is not.
	Ignore(of wmbus.Address, yes bool)
	// WriteClaims writes claimed meters into a file next to the list, and returns its
	// name. It takes time: commands call it.
	WriteClaims(claims []state.Claim) (file string, err error)
	// Displayed stores what the meter's display shows, as reading.ParseDisplay reads it.
	Displayed(ref, text string)
	// NotAccessible stores why nobody can get to the meter: one of
	// state.ReasonsUnreachable or own words, or "" if somebody can.
	NotAccessible(ref, why string)
	// LongerTime makes reads of the meter wait twice as long, and reads it again.
	LongerTime(ref string)
	// Undo takes back the last action about the meter (state.Row.Undoable).
	Undo(ref string)
	// Finish says that the campaign is finished: the next run starts a new one.
	Finish()
}

// Protocol makes the hand-over protocol.
type Protocol interface {
	// Document is the protocol of a snapshot, in the language of the screens, without
	// what only the log of the campaign says.
	Document(s state.Snapshot) *handover.Document
	// Write writes the protocol in all its forms into Folder, over files that are
	// there, and returns those it wrote. It reads the log, which takes its time.
	Write(ctx context.Context) (files []string, err error)
	// Folder is where Write writes.
	Folder() string
}

// Host is what screens are drawn from, and what they ask for things. The root model keeps
// its fields up to date; screens only read them, but for Selected and Neighbour.
type Host struct {
	Look    *look.Look
	Snap    state.Snapshot
	Now     time.Time // of the last tick: it advances once a second, for all ages together
	Rates   []int     // telegrams a minute, by receiver
	Spinner string    // what turns while a round runs
	Actions Actions   // nil: the screens only watch
	// Protocol is nil if there is nothing to hand over.
	Protocol Protocol
	Lab      Lab  // nil: nothing is known but the state
	Keys     Keys // nil: no keys can be typed
	Clock    func() time.Time

	// Selected is the reference of the meter that all screens mean.
	Selected string
	// Neighbour selects the meter that is so many rows further in the Building screen,
	// which sets it.
	Neighbour func(by int)
	// Command makes a command that the program waits for when it ends; wait returns at
	// the latest when done is closed.
	Command func(wait func(done <-chan struct{}) tea.Msg) tea.Cmd
	// Open shows another screen, Back the one before it.
	Open func(Name)
	Back func()
	// Quit leaves the program.
	Quit func() tea.Cmd

	queue  []tea.Cmd
	found  int // where Row found the last one
	width  int
	help   help.Model
	input  textinput.Model
	prompt *Prompt // what is being typed, nil if nothing is
	footer drawnFooter
	flash  flash
	asked  asked // the question that another press answers
	before asked // … while a key is handled: it was asked just before
}

// flash is a message in place of the footer, until a key is pressed or its time is over.
type flash struct {
	text  string
	tone  look.Token
	until time.Time
}

// flashTime is how long a message is shown.
const flashTime = 8 * time.Second

// NewHost returns a host that shows nothing yet and has no one to ask.
func NewHost(l *look.Look, clock func() time.Time) *Host {
	h := &Host{
		Clock: clock, Now: clock(), help: help.New(), input: textinput.New(),
		Neighbour: func(int) {}, Open: func(Name) {}, Back: func() {}, Quit: func() tea.Cmd { return tea.Quit },
		Command: func(func(<-chan struct{}) tea.Msg) tea.Cmd { return nil },
	}
	h.Dress(l)
	return h
}

// Queue runs a command as soon as what is handled now is done.
func (h *Host) Queue(cmd tea.Cmd) { h.queue = append(h.queue, cmd) }

// Queued takes the commands that wait.
func (h *Host) Queued() tea.Cmd {
	cmds := h.queue
	h.queue = nil
	return tea.Batch(cmds...)
}

// Dress draws everything with another look.
func (h *Host) Dress(l *look.Look) {
	h.Look = l
	l.Limits = h.Snap.Limits
	h.input.SetStyles(l.InputStyles())
	h.help.Styles = l.HelpStyles()
	h.help.ShortSeparator, h.help.Ellipsis = "  ", l.Ellipsis
}

// Resize says how wide the terminal is.
func (h *Host) Resize(w int) {
	h.width = w
	h.help.SetWidth(w)
	h.fitInput()
}

// Row is the row of that reference, nil if there is none.
func (h *Host) Row(ref string) *state.Row {
	if h.found >= len(h.Snap.Rows) || h.Snap.Rows[h.found].Ref != ref { // mostly the same one is asked for
		i := slices.IndexFunc(h.Snap.Rows, func(r *state.Row) bool { return r.Ref == ref })
		if i < 0 {
			return nil
		}
		h.found = i
	}
	return h.Snap.Rows[h.found]
}

// Current is the selected row, nil if none is.
func (h *Host) Current() *state.Row { return h.Row(h.Selected) }

// Say shows a message.
func (h *Host) Say(tone look.Token, text string) {
	h.flash = flash{text: h.Look.Text(text), tone: tone, until: h.Clock().Add(flashTime)}
}

// Later lets something that takes time run, for callers that cannot return a command. What
// it returns reaches the screens by their Update.
func (h *Host) Later(do func() tea.Msg) {
	h.Queue(h.Command(func(<-chan struct{}) tea.Msg { return do() }))
}

// Saying reports whether a message is shown.
func (h *Host) Saying() bool { return h.flash.text != "" }

// Age takes the message away when its time is over.
func (h *Host) Age() {
	if h.Saying() && !h.Now.Before(h.flash.until) {
		h.flash = flash{}
	}
}

// asked is a question that another press of its key answers. Every other key, and a
// click, cancels it.
type asked struct {
	what  string
	until time.Time
}

// Asking reports whether a question waits for its answer.
func (h *Host) Asking() bool { return h.asked.what != "" && h.Clock().Before(h.asked.until) }

// Answers takes the question and the message away; what is done now either answers or
// cancels it.
func (h *Host) Answers() {
	h.before = asked{}
	if h.Asking() {
		h.before = h.asked
	}
	h.asked, h.flash = asked{}, flash{}
}

// Sure reports whether the same was asked just before; otherwise it asks.
func (h *Host) Sure(what, question string) bool {
	if h.before.what == what {
		return true
	}
	h.Say(look.Alarm, question)
	h.asked = asked{what, h.flash.until}
	return false
}
