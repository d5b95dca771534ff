package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"earshot/collector"
	"earshot/collector/state"
)

// maxWarnings is how many warnings are printed; what follows is counted in the
// summary.
const maxWarnings = 20

// eventPrinter prints what happens in a campaign: all events as JSON Lines, or
// only what goes wrong with its parts, as warnings on standard error.
type eventPrinter struct {
	view     *collector.View
	progress *progress // nil where nobody would see it
	json     bool
	raw      io.Writer
	out      *bufio.Writer
	warn     io.Writer
	warnings int
	last     state.Snapshot
	err      error
}

func newEventPrinter(view *collector.View, out outputFlags, s streams) *eventPrinter {
	return &eventPrinter{
		view: view, progress: newProgress(out, s), json: out.json, raw: s.out, out: bufio.NewWriter(s.out), warn: s.err,
	}
}

// How often the printer looks: whatever happens in between is printed together.
const (
	printEvery = 100 * time.Millisecond
	clockEvery = time.Second // … and how often the time left moves on
)

// start prints in the background until the function it returns is called.
func (p *eventPrinter) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var printing sync.WaitGroup
	printing.Go(func() {
		var clock <-chan time.Time
		if p.progress != nil {
			ticker := time.NewTicker(clockEvery)
			defer ticker.Stop()
			clock = ticker.C
		}
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-clock:
				p.print()
			case <-p.view.Changed():
				p.print()
				_ = sleep(ctx, printEvery)
			}
		}
	})
	return func() {
		cancel()
		printing.Wait()
		p.progress.clear()
	}
}

// print writes what has happened since the last time.
func (p *eventPrinter) print() {
	p.last = p.view.Snapshot()
	defer p.progress.draw(p.last, time.Now())
	if !p.json {
		p.warnOf(p.last.Events)
		return
	}
	if p.err != nil {
		return
	}
	if p.last.Missed > 0 {
		fmt.Fprintf(p.out, `{"event":"missed","count":%d}`+"\n", p.last.Missed)
	}
	for _, ev := range p.last.Events {
		p.out.Write(collector.EventJSON(ev))
		p.out.WriteByte('\n')
	}
	p.err = p.out.Flush()
}

// warnOf prints what goes wrong with receivers, store and broker.
func (p *eventPrinter) warnOf(events []state.Event) {
	for _, ev := range events {
		text := warning(ev)
		if text == "" {
			continue
		}
		p.warnings++
		p.progress.clear()
		switch {
		case p.warnings < maxWarnings:
			fmt.Fprintf(p.warn, "earshot: %s\n", plain(text))
		case p.warnings == maxWarnings:
			fmt.Fprintf(p.warn, "earshot: %s; further warnings are only counted\n", plain(text))
		}
	}
}

// warning says an event that somebody at the terminal has to see, "" for others.
func warning(ev state.Event) string {
	switch ev := ev.(type) {
	case state.Trouble:
		return ev.Reason
	case state.ReceiverDown:
		if !ev.Ended {
			return "receiver " + ev.Receiver + ": " + ev.Reason
		}
	case state.StoreFailed:
		return ev.Reason
	case state.StoreMended:
		if ev.Lost > 0 {
			return fmt.Sprintf("the store works again; %d telegrams found no room meanwhile", ev.Lost)
		}
		return "the store works again; nothing was lost"
	case state.ClockSet:
		return fmt.Sprintf("the clock of this machine was set back by %v: what follows has earlier times than what was before", ev.Back)
	case state.BrokerDown:
		return ev.Reason
	case state.BrokerHeld:
		return ev.Reason
	case state.Refused:
		return ev.Ref + ": " + ev.Reason
	}
	return ""
}

// finish prints what came while the campaign closed, and the summary.
func (p *eventPrinter) finish() (state.Snapshot, error) {
	p.print()
	p.progress.clear()
	if p.err != nil {
		return p.last, fmt.Errorf("standard output: %w", p.err)
	}
	if p.json {
		return p.last, writeSummaryJSON(p.raw, p.last)
	}
	return p.last, writeSummary(p.raw, p.last)
}

// runHeadless collects as long as was asked for, and prints what came of it.
func runHeadless(ctx context.Context, cfg collector.Config, out outputFlags, s streams) error {
	var printer *eventPrinter
	manager := managerOf(os.Getenv)
	err := collector.Run(ctx, cfg, func(ctx context.Context, c *collector.Campaign) error {
		printer = newEventPrinter(c.View(), out, s)
		defer printer.start()()
		defer manager.watch(ctx, c)()
		defer s.signals.whenHungUp(func() { _ = c.Offer() })() // where it cannot be, the next one says that the site is in use
		err := c.Collect(ctx, out.until)
		if errors.As(err, new(state.Failures)) {
			err = nil // the summary names each
		}
		if ctx.Err() != nil && out.until != collector.UntilStopped {
			return context.Cause(ctx)
		}
		return err
	})
	if printer == nil {
		return err
	}
	final, printErr := printer.finish()
	if s.signals.hung.Err() != nil {
		printErr = nil // there is nobody to read it
	}
	if err := errors.Join(err, printErr); err != nil {
		return err
	}
	return outcomeOf(final)
}
