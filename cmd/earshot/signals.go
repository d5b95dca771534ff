package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"earshot/collector/crash"
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
// SIGHUP twice, and a logout SIGTERM as well.
func watchSignals(ctx context.Context) (context.Context, *signals, context.CancelFunc) {
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
			cancel()
		}
	}()
	return ctx, s, func() {
		signal.Stop(come)
		close(come)
		<-done
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
		return nil // a signal ended the screen: an error of the terminal is not worth reporting
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
