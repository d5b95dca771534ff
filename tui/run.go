package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"earshot/collector/state"
	"earshot/tui/look"
)

// Terminal is where a screen is shown. The zero value is the process's own.
type Terminal struct {
	Input   io.Reader // nil means standard input
	Output  io.Writer // nil means standard output
	Environ []string  // nil means os.Environ()
	// Width and Height are the size until the terminal says its own; for
	// outputs that are not a terminal.
	Width, Height int
	// Profile is the number of colours; nil means what the environment says.
	Profile *colorprofile.Profile
}

// ErrTerminalStuck is returned by Run when the terminal took no output for so
// long that it could not be restored.
var ErrTerminalStuck = errors.New("the terminal takes no output and could not be restored: type 'reset' in it")

// How long the screen may take to end: to finish the current message, and
// then to write its last bytes.
const (
	quitGrace = 500 * time.Millisecond
	killGrace = 3 * time.Second
)

// Run shows the screen until the installer quits (nil), ctx ends (its cause),
// a guarded goroutine panics (a *crash.Error) or the terminal fails. The terminal is
// restored before it returns, and every goroutine that it started has ended;
// only a terminal that is stuck (ErrTerminalStuck) may leave one writing.
func Run(ctx context.Context, cfg Config, term Terminal) error {
	if term.Environ == nil {
		term.Environ = os.Environ()
	}
	cfg = cfg.withDefaults(term.Environ)
	inner, kill := context.WithCancel(context.WithoutCancel(ctx))
	defer kill()

	life := newLife()
	model := New(cfg)
	model.life = life
	program := tea.NewProgram(guarded{model, cfg.Guard}, append(term.options(), tea.WithContext(inner), tea.WithFPS(cfg.FPS))...)
	ended := make(chan error, 1)
	go func() {
		_, err := program.Run()
		ended <- err
	}()

	err, stuck := supervise(ctx, cfg.Guard, program, kill, ended)
	life.end()
	switch {
	case cfg.Guard.Err() != nil:
		return cfg.Guard.Err()
	case stuck:
		return ErrTerminalStuck
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return fmt.Errorf("the screen ended: %w; without a terminal run with --headless", err)
	}
	return nil
}

// supervise waits for the program to end, and ends it if necessary: first
// with Quit, then by its context.
func supervise(ctx context.Context, guard *Guard, program *tea.Program, kill func(), ended <-chan error) (err error, stuck bool) {
	select {
	case err = <-ended:
		return err, false
	case <-ctx.Done():
	case <-guard.Failed():
	}
	var asking sync.WaitGroup
	asking.Go(program.Quit)
	defer asking.Wait() // Quit returns at the latest when the program's context ends
	defer kill()
	polite := time.NewTimer(quitGrace)
	defer polite.Stop()
	select {
	case err = <-ended:
		return err, false
	case <-polite.C:
		kill()
	}
	last := time.NewTimer(killGrace)
	defer last.Stop()
	select {
	case err = <-ended:
		return err, false
	case <-last.C:
		return nil, true
	}
}

func (t Terminal) options() []tea.ProgramOption {
	// Signals are the caller's: they end ctx.
	options := []tea.ProgramOption{tea.WithoutSignalHandler(), tea.WithEnvironment(t.Environ)}
	if t.Input != nil {
		options = append(options, tea.WithInput(t.Input))
	}
	if t.Output != nil {
		options = append(options, tea.WithOutput(t.Output))
	}
	if t.Width > 0 && t.Height > 0 {
		options = append(options, tea.WithWindowSize(t.Width, t.Height))
	}
	if t.Profile != nil {
		options = append(options, tea.WithColorProfile(*t.Profile))
	}
	return options
}

// guarded is the model with a guard: a panic in it is reported like any other,
// after the terminal is restored.
type guarded struct {
	*Model
	guard *Guard
}

func (s guarded) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	next, cmd = s, tea.Quit
	s.guard.Do(func() {
		m, c := s.Model.Update(msg)
		next, cmd = guarded{m.(*Model), s.guard}, c
	})
	return next, cmd
}

func (s guarded) View() (v tea.View) {
	s.guard.Do(func() { v = s.Model.View() })
	return v
}

// life is shared by the model's commands: when to stop, and which are running.
type life struct {
	mu    sync.Mutex
	over  bool
	done  chan struct{}
	tasks sync.WaitGroup
}

func newLife() *life { return &life{done: make(chan struct{})} }

// end stops every command and waits for it.
func (l *life) end() {
	l.mu.Lock()
	l.over = true
	l.mu.Unlock()
	close(l.done)
	l.tasks.Wait()
}

// command makes a command that end waits for.
func (l *life) command(guard *Guard, wait func(done <-chan struct{}) tea.Msg) tea.Cmd {
	return func() (msg tea.Msg) {
		l.mu.Lock()
		if l.over {
			l.mu.Unlock()
			return nil
		}
		l.tasks.Add(1)
		l.mu.Unlock()
		defer l.tasks.Done()
		guard.Do(func() { msg = wait(l.done) })
		return msg
	}
}

// snapshotMsg is a new picture.
type snapshotMsg state.Snapshot

// tickMsg is a moment at which ages and remaining times change.
type tickMsg struct{}

// wake waits for the next change, but not less than interval, and brings the
// snapshot. There is one at a time: the next is asked for when a snapshot has
// been handled, so that a slow terminal gets fewer.
func (m *Model) wake() tea.Cmd {
	source, pause := m.cfg.Source, time.NewTimer(look.Pick(m.away, 4*m.cfg.Interval, m.cfg.Interval))
	return m.life.command(m.cfg.Guard, func(done <-chan struct{}) tea.Msg {
		defer pause.Stop()
		select {
		case <-source.Changed():
		case <-done:
			return nil
		}
		select {
		case <-pause.C:
		case <-done:
			return nil
		}
		return snapshotMsg(source.Snapshot())
	})
}

// tick waits for the next tick.
func (m *Model) tick() tea.Cmd {
	return m.life.command(m.cfg.Guard, func(done <-chan struct{}) tea.Msg {
		t := time.NewTimer(tickEvery)
		defer t.Stop()
		select {
		case <-t.C:
			return tickMsg{}
		case <-done:
			return nil
		}
	})
}

// tickEvery is how often times are updated while any are shown.
const tickEvery = time.Second
