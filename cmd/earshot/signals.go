package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"earshot/collector/crash"
	"earshot/tui"
)

// errHungUp is returned by a screen whose terminal was lost.
var errHungUp = errors.New("the terminal was lost")

// signals are the signals of the operating system.
type signals struct {
	lasting atomic.Bool // a lost terminal does not end the work
	hung    context.Context
	hangUp  context.CancelCauseFunc
}

// watchSignals returns a context that the first SIGINT or SIGTERM ends, and
// SIGHUP unless the program stays. After that the next SIGINT ends the
// program at once. Other signals may be repeated: a lost SSH session sends
// SIGHUP twice, and a logout SIGTERM as well. From the first one on, end has its
// deadline.
func watchSignals(ctx context.Context, end *ending) (context.Context, *signals, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	s := &signals{}
	s.hung, s.hangUp = context.WithCancelCause(context.WithoutCancel(ctx))
	come := make(chan os.Signal, 4)
	signal.Notify(come, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup
		signal.Notify(come, syscall.SIGHUP)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for sig := range come {
			if sig == syscall.SIGHUP && s.lasting.Load() {
				s.hangUp(errHungUp)
				continue
			}
			signal.Reset(os.Interrupt)
			end.begin()
			cancel()
		}
	}()
	return ctx, s, func() {
		signal.Stop(come)
		close(come)
		<-done
		end.stop()
		cancel()
		s.hangUp(nil)
	}
}

// stay makes the program continue when the terminal is lost. Output to it is
// then lost without an error.
func (s *signals) stay() {
	s.lasting.Store(true)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // not ignored: child processes would inherit that
}

// whenHungUp calls a function when the terminal is lost and the program
// stays. The function that it returns cancels that, and waits for a call in
// progress.
func (s *signals) whenHungUp(do func()) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-s.hung.Done():
			do()
		case <-ctx.Done():
		}
	})
	return func() {
		cancel()
		waiting.Wait()
	}
}

// hangUpWait is how long a failed screen waits for SIGHUP: reads of a lost
// terminal fail a moment before the signal comes.
const hangUpWait = 2 * time.Second

// untilHungUp shows a screen and returns its error, or errHungUp if it ended
// because the terminal was lost and the program stays.
func (s *signals) untilHungUp(ctx context.Context, show func(context.Context) error) error {
	showing, end := context.WithCancelCause(ctx)
	defer end(nil)
	defer context.AfterFunc(s.hung, func() { end(errHungUp) })()
	err := show(showing)
	switch {
	case err == nil || errors.As(err, new(*crash.Error)):
		return err
	case ctx.Err() != nil:
		if errors.Is(err, tui.ErrTerminalStuck) {
			return err
		}
		return nil // a signal ended the screen: other errors of the terminal are not worth reporting
	case s.hung.Err() != nil:
		return errHungUp
	}
	wait := time.NewTimer(hangUpWait)
	defer wait.Stop()
	select {
	case <-s.hung.Done():
		return errHungUp
	case <-ctx.Done():
		return nil
	case <-wait.C:
		return err
	}
}

const (
	// endWithin is how long the program may take to end after a signal asked
	// it to. The unit file's TimeoutStopSec is longer. Closing a campaign takes
	// at most 10 s of it; the rest is for output and hardware.
	endWithin = 15 * time.Second
	// usualGrace is the share of brokers in it.
	usualGrace = 5 * time.Second
	// sayWithin is how long it may take to say what was not kept: standard
	// error may be what takes nothing.
	sayWithin = time.Second
)

// ending owns the deadline of the way out: a program that was asked to end and
// still waits for something when it is over says what it leaves undone, and
// ends. Its methods may be called from several goroutines.
type ending struct {
	to   io.Writer // standard error
	exit func(code int)

	mu     sync.Mutex
	within time.Duration
	doing  string          // what is being done
	undone []func() string // each says what would not be kept, "" for nothing
	clock  *time.Timer     // nil until the end was asked for
}

func newEnding(to io.Writer) *ending {
	return &ending{to: to, exit: os.Exit, within: endWithin, doing: "its work (is standard output read?)"}
}

// allow makes room for a longer wait for brokers.
func (e *ending) allow(grace time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.within = max(endWithin, endWithin-usualGrace+grace)
}

// does notes what is being done: it is named if that never ends.
func (e *ending) does(what string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.doing = what
}

// keeps adds a function that says what is not kept if the program ends now,
// "" for nothing.
func (e *ending) keeps(undone func() string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.undone = append(e.undone, undone)
}

// begin starts the clock, once.
func (e *ending) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.clock == nil {
		e.clock = time.AfterFunc(e.within, e.cutOff)
	}
}

// stop is called when the program ends by itself.
func (e *ending) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.clock != nil {
		e.clock.Stop()
	}
}

// cutOff ends the program. Asking what is not kept takes locks that may never
// be free, and saying it an output that may be full: neither prevents the end.
func (e *ending) cutOff() {
	said := make(chan struct{})
	go func() {
		defer close(said)
		fmt.Fprintf(e.to, "earshot: %s\n", e.left())
	}()
	late := time.NewTimer(sayWithin)
	defer late.Stop()
	select {
	case <-said:
	case <-late.C:
	}
	e.exit(exitFailed)
}

// left is what the program leaves undone.
func (e *ending) left() string {
	e.mu.Lock()
	doing, within, undone := e.doing, e.within, e.undone
	e.mu.Unlock()
	text := fmt.Sprintf("ended %v after it was asked to, in the middle of %s", within, doing)
	var lost []string
	for _, what := range undone {
		if s := what(); s != "" {
			lost = append(lost, s)
		}
	}
	if len(lost) == 0 {
		return text + "; everything stored is safe"
	}
	return text + "; not kept: " + strings.Join(lost, ", ")
}
