package screen

import (
	tea "charm.land/bubbletea/v2"

	"earshot/collector/state"
)

// Name names a screen.
type Name uint8

const (
	Setup Name = iota
	Building
	Meter
	Air
	Equipment
	Handover
	Help
	Names // how many there are
)

// Screen is one of the screens. All methods are called by one goroutine.
type Screen interface {
	// Keys are what can be pressed here, in the order of the help; they are asked for once.
	// The root adds keys that work everywhere; a screen's own come first.
	Keys() []Binding
	// Take takes over what the Host has: a new snapshot, time or look, or a selection. It is
	// called while the screen is shown, and when it is opened.
	Take()
	// Resize fits the screen to a size, in columns and lines; both may be less than one.
	Resize(w, h int)
	// Draw returns at most as many lines as there is room, none wider than it. It changes
	// nothing but caches.
	Draw() []string
	// Scroll moves the cursor, or the text, by so many lines; Far goes to an end.
	Scroll(lines int)
	// Pageful is how far a page key scrolls.
	Pageful() int
}

// Modal is a screen whose keys depend on what it shows: they are asked for again when its
// mode has changed.
type Modal interface{ Mode() int }

// Ticker is a screen that does more than Take once a second.
type Ticker interface{ Tick() }

// Follower is a screen that sees all events, whichever screen is shown. missed is how many
// more there were.
type Follower interface {
	Follow(events []state.Event, missed int)
}

// Opener is a screen that starts from its beginning when it is opened.
type Opener interface{ Opened() }

// Clicker is a screen that takes clicks, in its own columns and lines.
type Clicker interface{ Click(x, y int) }

// Updater is a screen that gets messages of its own: what its commands brought. It gets
// them also while another screen is shown, and must leave alone what is not its own.
type Updater interface{ Update(msg tea.Msg) tea.Cmd }

// Far is further than any list or page is long.
const Far = 1 << 30

// Narrow is the width under which texts need more lines.
const Narrow = 60
