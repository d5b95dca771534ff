package tui

import (
	"strings"
	"time"

	"earshot/collector"
	"earshot/collector/state"
	"earshot/device/printable"
	"earshot/device/wmbus"
)

// Source provides the snapshots of the screen; *collector.View is one.
// Snapshot is called by one goroutine at a time.
type Source interface {
	Snapshot() state.Snapshot
	Changed() <-chan struct{}
}

var _ Source = (*collector.View)(nil)

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
	// Finish says that the campaign is finished: the next run starts a new one.
	Finish()
}

// Config is what a screen needs.
type Config struct {
	Source  Source
	Actions Actions // nil: the screen only watches

	// Now is the clock of ages and times left; nil means time.Now.
	Now func() time.Time
	// Interval is the least time between two snapshots; 0 means 100 ms, and
	// 250 ms over SSH.
	Interval time.Duration
	// FPS is how often a second the terminal is written to at most; 0 means
	// 20, and 10 over SSH.
	FPS int
	// ASCII draws with ASCII signs only. Run sets it if the environment names
	// no UTF-8 locale.
	ASCII   bool
	console bool // the Linux console, whose fonts have few signs
	// Theme is one of Themes; "" is auto: the terminal is asked for its background.
	Theme string
	// Guard catches panics of other goroutines; nil means that Run makes one
	// for its own.
	Guard *Guard
}

// withDefaults fills in what the environment decides.
func (c Config) withDefaults(env []string) Config {
	ssh := lookup(env, "SSH_CONNECTION") != ""
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Interval <= 0 {
		c.Interval = pick(ssh, 250*time.Millisecond, 100*time.Millisecond)
	}
	if c.FPS <= 0 {
		c.FPS = pick(ssh, 10, 20)
	}
	if c.Guard == nil {
		c.Guard = NewGuard()
	}
	c.ASCII = c.ASCII || !printable.UTF8Locale(env)
	c.console = lookup(env, "TERM") == "linux"
	return c
}

// set is which characters the terminal has.
func (c *Config) set() alphabet {
	switch {
	case c.ASCII:
		return asciiSet
	case c.console:
		return consoleSet
	}
	return unicodeSet
}

// lookup returns the value of a variable in a list like os.Environ; the last
// one counts.
func lookup(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(env[i], "="); ok && k == name {
			return v
		}
	}
	return ""
}

func pick[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}
