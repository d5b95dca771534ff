package tui

import (
	"strings"
	"time"

	"earshot/collector"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/printable"
	"earshot/tui/look"
	"earshot/tui/screen"
	"earshot/tui/setup"
)

// Source provides the snapshots of the screen; *collector.View is one.
// Snapshot is called by one goroutine at a time.
type Source interface {
	Snapshot() state.Snapshot
	Changed() <-chan struct{}
}

var _ Source = (*collector.View)(nil)

// Actions are what the installer can ask for.
type Actions = screen.Actions

// Lab looks closer at a meter.
type Lab = screen.Lab

// Keys takes keys that are typed.
type Keys = screen.Keys

// Themes are the names that Config.Theme takes.
func Themes() []string { return look.Themes() }

// Config is what a screen needs.
type Config struct {
	Source  Source
	Actions Actions // nil: the screen only watches
	// Protocol makes the hand-over protocol; nil: there is none.
	Protocol screen.Protocol
	Lab      Lab  // nil: meters have no plots, and their telegrams are not decrypted
	Keys     Keys // nil: no keys can be typed

	// Setup shows the set-up, and nothing else; then the source is not asked.
	Setup *setup.Config

	// Now is the clock of ages and times left; nil means time.Now.
	Now func() time.Time
	// Interval is the least time between two snapshots; 0 means a quarter of a second.
	// While the terminal has no focus it is four times that.
	Interval time.Duration
	// FPS is how often a second the terminal is written to at most; 0 means
	// 60, and 10 over SSH. The first frame and the answer to a key wait for it; how much
	// is written is up to Interval.
	FPS int
	// ASCII draws with ASCII signs only. Run sets it if the environment names
	// no UTF-8 locale.
	ASCII   bool
	console bool            // the Linux console, whose fonts have few signs
	Lang    *words.Language // nil means English
	// Theme is one of Themes; "" is auto: the terminal is asked for its background.
	Theme string
	// Guard catches panics of other goroutines; nil means that Run makes one
	// for its own.
	Guard *Guard
}

// withDefaults fills in what the environment decides.
func (c Config) withDefaults(env []string) Config {
	ssh := lookup(env, "SSH_CONNECTION") != ""
	if c.Setup != nil {
		c.Source = nothing{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Interval <= 0 {
		c.Interval = 250 * time.Millisecond
	}
	if c.FPS <= 0 {
		c.FPS = look.Pick(ssh, 10, 60)
	}
	if c.Guard == nil {
		c.Guard = NewGuard()
	}
	c.ASCII = c.ASCII || !printable.UTF8Locale(env)
	c.console = lookup(env, "TERM") == "linux"
	return c
}

// set is which characters the terminal has.
func (c *Config) set() look.Alphabet {
	switch {
	case c.ASCII:
		return look.ASCII
	case c.console:
		return look.Console
	}
	return look.Unicode
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
