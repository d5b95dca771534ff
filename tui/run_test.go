package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"

	"earshot/collector"
	"earshot/collector/crash"
	"earshot/collector/state"
	"earshot/device"
)

// console is a terminal of a test: what it shows, and the keys that come.
type console struct {
	mu   sync.Mutex
	out  bytes.Buffer
	keys *io.PipeWriter
	in   *io.PipeReader
}

func newConsole() *console {
	c := &console{}
	c.in, c.keys = io.Pipe()
	return c
}

func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Write(p)
}

func (c *console) shown() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

func (c *console) terminal(profile colorprofile.Profile) Terminal {
	return Terminal{
		Input: c.in, Output: c, Width: 80, Height: 24, Profile: &profile,
		Environ: []string{"TERM=xterm-256color", "LANG=en_GB.UTF-8"},
	}
}

// clean fails the test unless the terminal was left as it was found.
func (c *console) clean(t *testing.T) {
	t.Helper()
	out := c.shown()
	for _, mode := range []string{"?1049", "?2004", "?1002", "?1006", "?1004"} {
		on, off := strings.LastIndex(out, "\x1b["+mode+"h"), strings.LastIndex(out, "\x1b["+mode+"l")
		if on < 0 || off < on {
			t.Errorf("mode %s was not switched on and off again", mode)
		}
	}
	if !strings.Contains(out, "\x1b[?25l") || strings.LastIndex(out, "\x1b[?25h") < strings.LastIndex(out, "\x1b[?25l") {
		t.Error("the cursor stayed hidden")
	}
}

func liveConfig(t testing.TB) (*world, Config) {
	w := newWorld(t, len(cast))
	return w, Config{Source: w.board.View(), Actions: w}
}

func TestRunEndsCleanly(t *testing.T) {
	t.Parallel()
	errHangUp := errors.New("hang-up")
	tests := []struct {
		name string
		end  func(c *console, cancel context.CancelCauseFunc, g *Guard)
		want func(error) bool
	}{
		{name: "q", end: func(c *console, _ context.CancelCauseFunc, _ *Guard) { _, _ = c.keys.Write([]byte("q")) },
			want: func(err error) bool { return err == nil }},
		{name: "ctrl+c", end: func(c *console, _ context.CancelCauseFunc, _ *Guard) { _, _ = c.keys.Write([]byte{3}) },
			want: func(err error) bool { return err == nil }},
		{name: "signal", end: func(_ *console, cancel context.CancelCauseFunc, _ *Guard) { cancel(errHangUp) },
			want: func(err error) bool { return errors.Is(err, errHangUp) }},
		{name: "panic of a guarded goroutine", end: func(_ *console, _ context.CancelCauseFunc, g *Guard) {
			go g.Do(func() { panic(errHangUp) })
		}, want: func(err error) bool {
			var p *crash.Error
			return errors.As(err, &p) && errors.Is(err, errHangUp) && bytes.Contains(p.Stack, []byte("run_test.go"))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, cfg := liveConfig(t)
				cfg.Guard = NewGuard()
				c := newConsole()
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				ended := make(chan error)
				go func() { ended <- Run(ctx, cfg, c.terminal(colorprofile.ANSI)) }()
				w.board.Post(w.passed("KAM-76348799", -60, 6408)...)
				time.Sleep(time.Second) // of the bubble: the screen is up
				synctest.Wait()
				if !strings.Contains(c.shown(), "delivered") {
					t.Errorf("the telegram is not on the screen: %q", c.shown())
				}
				test.end(c, cancel, cfg.Guard)
				if err := <-ended; !test.want(err) {
					t.Errorf("Run returned %v", err)
				}
				_ = c.keys.Close()
				c.clean(t)
			})
		})
	}
}

// panicky is a source that breaks at its second snapshot.
type panicky struct {
	*collector.View
	calls atomic.Int32
}

func (p *panicky) Snapshot() state.Snapshot {
	if p.calls.Add(1) == 2 {
		panic("the source is broken")
	}
	return p.View.Snapshot()
}

// brokenActions are actions that break inside of Update.
type brokenActions struct{ Actions }

func (brokenActions) ReadAgain([]string) { panic("nobody reads") }

func TestRunRestoresTheTerminalAfterAPanicOfItsOwn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		arrange    func(w *world, cfg *Config)
		keys       string
	}{
		{name: "in a command", want: "the source is broken", arrange: func(w *world, cfg *Config) { cfg.Source = &panicky{View: w.board.View()} }, keys: ""},
		{name: "in Update", want: "nobody reads", arrange: func(_ *world, cfg *Config) { cfg.Actions = brokenActions{} }, keys: "r"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, cfg := liveConfig(t)
				test.arrange(w, &cfg)
				c := newConsole()
				ended := make(chan error)
				go func() { ended <- Run(t.Context(), cfg, c.terminal(colorprofile.ANSI)) }()
				time.Sleep(time.Second)
				w.board.Post(w.passed("KAM-76348799", -60, 6408)...)
				if test.keys != "" {
					_, _ = c.keys.Write([]byte(test.keys))
				}
				err := <-ended
				var p *crash.Error
				if !errors.As(err, &p) || p.Value != test.want {
					t.Errorf("Run returned %v, want the panic %q", err, test.want)
				}
				_ = c.keys.Close()
				c.clean(t)
			})
		})
	}
}

// counting is a source that counts the snapshots taken of it.
type counting struct {
	*collector.View
	taken atomic.Int32
}

func (c *counting) Snapshot() state.Snapshot {
	c.taken.Add(1)
	return c.View.Snapshot()
}

func TestSnapshotsAreLimited(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, terminal string // and what it says first
		most           int32
	}{{name: "with focus", most: 41}, {name: "without", terminal: "\x1b[O", most: 11}, {name: "and back", terminal: "\x1b[O\x1b[I", most: 41}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, cfg := liveConfig(t)
				source := &counting{View: w.board.View()}
				cfg.Source = source
				c := newConsole()
				term := c.terminal(colorprofile.ANSI)
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- Run(ctx, cfg, term) }()
				_, _ = c.keys.Write([]byte(test.terminal))
				for range 10_000 { // ten seconds of a thousand telegrams each
					w.board.Post(w.heard("KAM-76348799", device.ScaleDBm, -60))
					time.Sleep(time.Millisecond)
				}
				if n := source.taken.Load(); n > test.most || n < test.most/2 {
					t.Errorf("%d snapshots in ten seconds, want at most %d and not many less", n, test.most)
				}
				cancel()
				if err := <-ended; !errors.Is(err, context.Canceled) {
					t.Errorf("Run returned %v", err)
				}
				_ = c.keys.Close()
			})
		})
	}
}

func TestNoColour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, cfg := liveConfig(t)
		c := newConsole()
		term := c.terminal(colorprofile.ASCII)
		ended := make(chan error)
		go func() { ended <- Run(t.Context(), cfg, term) }()
		w.board.Post(w.passed("KAM-76348799", -60, 6408)...)
		time.Sleep(time.Second)
		_, _ = c.keys.Write([]byte("q"))
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_ = c.keys.Close()
		for i := range 8 {
			if colour := string([]byte{'3', byte('0' + i)}); strings.Contains(c.shown(), "\x1b["+colour+"m") || strings.Contains(c.shown(), ";"+colour+"m") {
				t.Errorf("colour %s on a terminal without colours", colour)
			}
		}
	})
}

// stuckWriter is a terminal that stops to take output.
type stuckWriter struct {
	after int32
	n     atomic.Int32
	stuck chan struct{} // closed when it is
	free  chan struct{}
}

func (s *stuckWriter) Write(p []byte) (int, error) {
	if s.n.Add(1) == s.after {
		close(s.stuck)
	}
	if s.n.Load() >= s.after {
		<-s.free
	}
	return len(p), nil
}

// TestFrozenTerminal proves that a terminal that takes no output stops nobody
// who writes to the board, and that the screen still ends: whoever waited for the
// terminal would wait until the end of the test.
func TestFrozenTerminal(t *testing.T) {
	t.Parallel()
	w, cfg := liveConfig(t)
	c := newConsole()
	out := &stuckWriter{after: 3, stuck: make(chan struct{}), free: make(chan struct{})}
	term := c.terminal(colorprofile.ANSI)
	term.Output = out
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- Run(ctx, cfg, term) }()
	litres := 6408
	post := func() {
		litres++ // each frame has something to write
		w.board.Post(w.passed("KAM-76348799", -60, litres)...)
	}
	beat := time.NewTicker(time.Millisecond)
	defer beat.Stop()
	for frozen := false; !frozen; {
		select {
		case <-out.stuck:
			frozen = true
		case <-beat.C:
			post()
		}
	}
	for range 10_000 {
		post()
	}
	cancel()
	if err := <-ended; !errors.Is(err, ErrTerminalStuck) {
		t.Errorf("Run returned %v, want %v", err, ErrTerminalStuck)
	}
	close(out.free) // let the writer go, so that nothing is left running
	_ = c.keys.Close()
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		env   []string
		ascii bool
		fps   int
	}{
		{env: []string{"LANG=en_GB.UTF-8"}, ascii: false, fps: 60},
		{env: []string{"LANG=C.utf8", "SSH_CONNECTION=a b c d"}, ascii: false, fps: 10},
		{env: []string{"LANG=C"}, ascii: true, fps: 60},
		{env: []string{"LANG=en_GB.UTF-8", "LC_ALL=POSIX"}, ascii: true, fps: 60},
		{env: []string{"LC_ALL=", "LC_CTYPE=da_DK.UTF-8", "LANG=C"}, ascii: false, fps: 60},
		{env: []string{"TERM=linux"}, ascii: true, fps: 60},
		{env: []string{"TERM=xterm"}, ascii: false, fps: 60},
	}
	for _, test := range tests {
		cfg := Config{}.withDefaults(test.env)
		if cfg.ASCII != test.ascii || cfg.FPS != test.fps {
			t.Errorf("%v: ASCII %v and %d frames a second, want %v and %d", test.env, cfg.ASCII, cfg.FPS, test.ascii, test.fps)
		}
	}
}
