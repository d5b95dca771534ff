package report

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"earshot/collector"
	"earshot/collector/ration"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/printable"
	"earshot/device/wait"
)

// Options say how a Printer prints.
type Options struct {
	JSON     bool            // events as JSON Lines, instead of warnings and a table
	ASCII    bool            // the progress bar in ASCII
	Lang     *words.Language // of warnings and tables, nil for English; JSON is English
	Out      io.Writer       // events and the summary
	Warn     io.Writer       // warnings, and the progress line if it is a terminal
	ExitCode func(state.Snapshot) int
}

// Printer prints what happens in a campaign: all events as JSON Lines, or
// only what goes wrong with its parts, as warnings on standard error.
type Printer struct {
	Options
	view     *collector.View
	progress *progress // nil if standard error is not a terminal
	out      *bufio.Writer
	line     []byte // buffer of the latest event, reused
	warnings ration.Ration[part]
	last     state.Snapshot
	err      error
	stop     context.CancelFunc // ends printing in the background
	printing sync.WaitGroup
}

// NewPrinter returns a printer of what a view shows.
func NewPrinter(view *collector.View, opt Options) *Printer {
	opt.Lang = cmp.Or(opt.Lang, words.English)
	if opt.JSON {
		view.Follow()
	}
	return &Printer{Options: opt, view: view, progress: newProgress(opt), out: bufio.NewWriter(opt.Out), stop: func() {}}
}

// How often the printer prints: events in between are printed together.
const (
	printEvery = 100 * time.Millisecond
	clockEvery = time.Second // how often the time left is updated
)

// Start prints in the background until Finish. It is not ended with the
// campaign: a reader that takes nothing must not keep the campaign open.
func (p *Printer) Start() {
	var ctx context.Context
	ctx, p.stop = context.WithCancel(context.Background())
	p.printing.Go(func() {
		var clock <-chan time.Time
		if p.progress != nil {
			ticker := time.NewTicker(clockEvery)
			defer ticker.Stop()
			clock = ticker.C
		}
		due := time.NewTimer(math.MaxInt64) // for warnings that were held back
		defer due.Stop()
		for ctx.Err() == nil {
			if at, held := p.warnings.Next(); held {
				due.Reset(time.Until(at))
			}
			select {
			case <-ctx.Done():
			case <-clock:
				p.print()
			case <-due.C:
				p.warn(p.warnings.Due(time.Now())...)
			case <-p.view.Changed():
				p.print()
				_ = wait.For(ctx, printEvery)
			}
		}
	})
}

// end ends printing in the background, after what has happened until now.
func (p *Printer) end() {
	p.stop()
	p.printing.Wait()
	p.print()
	p.warn(p.warnings.Rest(time.Now())...)
	p.progress.clear()
}

// print writes what has happened since the last time.
func (p *Printer) print() {
	if p.progress == nil {
		p.write(p.view.Events())
		return
	}
	p.last = p.view.Snapshot()
	p.write(p.last.Events, p.last.Missed)
	p.progress.draw(p.last, time.Now())
}

// write prints events, after how many were missed.
func (p *Printer) write(events []state.Event, missed int) {
	if !p.JSON {
		p.warnOf(events)
		return
	}
	if p.err != nil {
		return
	}
	if missed > 0 {
		fmt.Fprintf(p.out, `{"event":"missed","count":%d}`+"\n", missed)
	}
	for _, ev := range events {
		p.line = append(appendEvent(p.line[:0], ev), '\n')
		p.out.Write(p.line)
	}
	p.err = p.out.Flush()
}

// part is what a warning is about: a kind of event, and the receiver or broker.
type part struct {
	event, name string
	notice      bool
}

// warnOf prints what goes wrong with receivers, store and broker: not each time, if
// it happens again and again.
func (p *Printer) warnOf(events []state.Event) {
	for _, ev := range events {
		text := p.Lang.Warning(ev)
		if text == "" {
			continue
		}
		of, rule, count := part{event: ev.Name()}, ration.Usual, 1
		switch ev := ev.(type) {
		case state.ReceiverDown:
			of.name, rule = ev.Receiver, ration.Vital
		case state.StoreFailed, state.StoreMended:
			rule = ration.Vital
		case state.BrokerDown:
			of.name, rule = ev.Broker, ration.Vital
		case state.BrokerHeld:
			of.name, rule = ev.Broker, ration.Vital
		case state.Refused:
			of.name = ev.Broker
		case state.Trouble:
			of.name, of.notice, count = ev.Receiver, ev.Notice, 1+ev.More
		}
		if m, ok := p.warnings.Take(of, rule, text, count, time.Now()); ok {
			p.warn(m)
		}
	}
}

// warn prints warnings.
func (p *Printer) warn(messages ...ration.Message) {
	for _, m := range messages {
		p.progress.clear()
		fmt.Fprintf(p.Warn, "earshot: %s\n", printable.Text(m.String()))
	}
}

// Finish prints the events of closing, and the summary. It is called after the
// campaign has ended.
func (p *Printer) Finish() (state.Snapshot, error) {
	p.stop()
	p.printing.Wait()
	p.last = p.view.Snapshot()
	p.write(p.last.Events, p.last.Missed)
	p.warn(p.warnings.Rest(time.Now())...)
	p.progress.clear()
	if p.err != nil {
		return p.last, fmt.Errorf("standard output: %w", p.err)
	}
	if p.JSON {
		return p.last, SummaryJSON(p.Options.Out, p.last, p.ExitCode(p.last))
	}
	return p.last, Summary(p.Options.Out, p.Lang, p.last)
}
