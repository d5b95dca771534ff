package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"earshot/cmd/earshot/handover"
	"earshot/cmd/earshot/lists"
	"earshot/collector"
	"earshot/collector/reading"
	"earshot/collector/report"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device/printable"
	"earshot/device/wmbus"
	"earshot/tui"
	"earshot/tui/plain"
	"earshot/tui/screen"
)

// runCampaign runs a campaign with or without a screen, prints its summary and
// returns the outcome as an exit code.
func runCampaign(ctx context.Context, cfg collector.Config, out outputFlags, s streams) error {
	if out.headless {
		return runHeadless(ctx, cfg, out, s)
	}
	return runScreen(ctx, cfg, out, s)
}

// runScreen shows the campaign while its round runs, until the user leaves.
// If the terminal is lost and the campaign is to stay, it continues without a
// screen.
func runScreen(ctx context.Context, cfg collector.Config, out outputFlags, s streams) error {
	var view *collector.View
	unseen := false
	cfg.BrokerWait, cfg.Patient = time.Nanosecond, true // the screen shows what is not there yet
	protocol := &handover.Live{Env: s.handover(), StorePath: cfg.StorePath, ListPath: cfg.ListPath, Site: remembered(&cfg)}
	err := collector.Run(ctx, cfg, func(ctx context.Context, c *collector.Campaign) error {
		view = c.View()
		s.ending.keeps(unstored("", c))
		working, cancel := context.WithCancel(ctx)
		actions := &screenActions{ctx: working, campaign: c, list: cfg.ListPath, Typed: lists.NewTyped(cfg.ListPath)}
		actions.readAll()
		err := s.signals.untilHungUp(working, func(ctx context.Context) error {
			if out.plain {
				return plain.Run(ctx, plain.Config{Source: c.View(), Actions: actions, Lang: s.lang, ASCII: out.ascii, In: s.in, Out: out.text(s.out), Now: time.Now})
			}
			return tui.Run(ctx, tui.Config{Source: c.View(), Actions: actions, Lab: actions, Keys: screenKeys{actions}, Protocol: protocol, ASCII: out.ascii, Theme: out.theme, Lang: s.lang}, tui.Terminal{})
		})
		switch unseen = errors.Is(err, errHungUp); {
		case unseen:
			err = collectUnseen(ctx, c)
		case ctx.Err() != nil && errors.Is(err, tui.ErrTerminalStuck):
			unseen, err = true, nil // it takes no summary either
		}
		s.ending.does(closingCampaign)
		cancel() // leaving the screen ends the round
		actions.rounds.Wait()
		return err
	})
	if view == nil || err != nil {
		return err
	}
	final := view.Snapshot()
	if unseen || out.plain { // which has said how far it is
		return outcomeOf(final)
	}
	s.ending.does(printingSummary)
	if err := report.Summary(out.text(s.out), s.lang, final); err != nil && ctx.Err() == nil {
		return err // after a signal there may be no terminal to write to
	}
	return outcomeOf(final)
}

// remembered makes a campaign's list known once it was loaded.
func remembered(cfg *collector.Config) func() site.Site {
	var list atomic.Pointer[site.Site]
	load, part := cfg.Load, cfg.Shard
	cfg.Load = func(ctx context.Context) (site.Site, error) {
		whole, err := load(ctx)
		if err == nil {
			own := whole.Only(part)
			list.Store(&own)
		}
		return whole, err
	}
	return func() site.Site {
		if own := list.Load(); own != nil {
			return *own
		}
		return site.Site{}
	}
}

// What may take too long at the end.
const (
	closingCampaign = "closing the campaign (does the disk answer?)"
	printingSummary = "printing the result (is standard output read?)"
)

// unstored says what is not on disk yet of a campaign; site begins the text, if
// it is one of several.
func unstored(site string, c *collector.Campaign) func() string {
	return func() string {
		n := c.Unstored()
		if n == 0 {
			return ""
		}
		return fmt.Sprintf("%s%d telegrams or events that are not on disk", site, n)
	}
}

// collectUnseen continues without a screen until every meter passed, or the
// next earshot on this site takes over.
func collectUnseen(ctx context.Context, c *collector.Campaign) error {
	err := c.Offer()
	c.Await(ctx)
	return err
}

// screenActions is what the keys of the screen ask for.
type screenActions struct {
	*lists.Typed
	ctx      context.Context
	campaign *collector.Campaign
	rounds   sync.WaitGroup
	list     string // the list's file, "" if it has none
}

func (a *screenActions) readAll() {
	a.rounds.Go(func() { _ = a.campaign.Read(a.ctx) }) // the board has every failure
}

// ReadAgain reads meters again while the round runs.
func (a *screenActions) ReadAgain(refs []string) {
	a.rounds.Go(func() { _ = a.campaign.ReadAgain(a.ctx, refs) })
}

// Note stores a note of the installer.
func (a *screenActions) Note(ref, text string) { a.campaign.Note(ref, text) }

// EditNote changes or removes the last note.
func (a *screenActions) EditNote(ref, text string) { a.campaign.EditNote(ref, text) }

// AcceptDoubt stores that the installer accepts what is doubtful.
func (a *screenActions) AcceptDoubt(ref, why string) { a.campaign.AcceptDoubt(ref, why) }

// Correct assigns an unlisted meter to a row, or withdraws that; then the row
// is read again.
func (a *screenActions) Correct(ref string, to wmbus.Address) {
	a.campaign.Correct(ref, to)
	if to == (wmbus.Address{}) {
		a.ReadAgain([]string{ref})
	}
}

// Claim stores that an unlisted meter belongs into the list.
func (a *screenActions) Claim(of wmbus.Address, place string) { a.campaign.Claim(of, place) }

// Disclaim takes Claim back.
func (a *screenActions) Disclaim(of wmbus.Address) { a.campaign.Disclaim(of) }

// Ignore stores that an unlisted meter is somebody else's, or that it is not.
func (a *screenActions) Ignore(of wmbus.Address, yes bool) { a.campaign.Ignore(of, yes) }

// WriteClaims writes claimed meters into a file next to the list.
func (a *screenActions) WriteClaims(claims []state.Claim) (string, error) {
	if a.list == "" {
		return "", errors.New("this campaign has no list file")
	}
	all := make([]lists.Claim, len(claims))
	for i, c := range claims {
		all[i] = lists.Claim{Address: c.Address, Place: c.Place}
	}
	return lists.AddClaims(a.list, all)
}

// UseKey reads a row with another key, or with its own again; then the row is read
// again.
func (a *screenActions) UseKey(ref, which string) {
	a.rounds.Go(func() {
		a.campaign.UseKey(a.ctx, ref, which)
		if which == state.UseListed {
			_ = a.campaign.ReadAgain(a.ctx, []string{ref}) // the board has every failure
		}
	})
}

// Displayed stores what a meter's display shows.
func (a *screenActions) Displayed(ref, text string) { a.campaign.Displayed(ref, text) }

// NotAccessible stores why nobody can get to a meter.
func (a *screenActions) NotAccessible(ref, why string) { a.campaign.NotAccessible(ref, why) }

// LongerTime reads a meter again, and waits twice as long.
func (a *screenActions) LongerTime(ref string) {
	a.rounds.Go(func() { _ = a.campaign.LongerTime(a.ctx, ref) })
}

// Undo takes back the last action about a meter.
func (a *screenActions) Undo(ref string) {
	a.rounds.Go(func() { a.campaign.Undo(a.ctx, ref) })
}

// History is what the last telegrams of a meter said. Without the store it is what is in
// memory; that it fails is shown elsewhere.
func (a *screenActions) History(ref string) []reading.Sample {
	samples, _ := a.campaign.History(a.ctx, ref)
	return samples
}

// Dissect says what the bytes of a meter's telegram are.
func (a *screenActions) Dissect(ref string, telegram []byte) []wmbus.Part {
	return a.campaign.Dissect(ref, telegram)
}

// screenKeys takes keys that are typed on the screen.
type screenKeys struct{ *screenActions }

// Try reads a key, and looks what it opens.
func (k screenKeys) Try(ref, typed string) (trial screen.KeyTrial) {
	key, problem := k.Read(ref, typed)
	if problem != "" {
		return screen.KeyTrial{Problem: problem}
	}
	trial.Opens, trial.Of = k.campaign.TryKey(ref, key)
	return trial
}

// Use reads a meter with the key.
func (k screenKeys) Use(ref string) {
	key := k.Typed.Use(ref)
	k.rounds.Go(func() { k.campaign.EnterKey(k.ctx, ref, key) })
}

// Keep writes the key into a file.
func (k screenKeys) Keep(ref, passphrase string) (string, error) {
	file, err := k.Typed.Keep(ref, passphrase)
	if errors.Is(err, lists.ErrPassphrase) {
		err = screen.ErrPassphrase
	}
	return file, err
}

// Finish says that the campaign is finished.
func (a *screenActions) Finish() { a.campaign.Finish() }

// runHeadless collects as long as the flags say, and prints the result.
func runHeadless(ctx context.Context, cfg collector.Config, out outputFlags, s streams) error {
	var printer *report.Printer
	manager := managerOf(os.Getenv)
	err := collector.Run(ctx, cfg, func(ctx context.Context, c *collector.Campaign) error {
		s.ending.keeps(unstored("", c))
		printer = report.NewPrinter(c.View(), out.printing(s))
		printer.Start()
		defer manager.watch(ctx, c)()
		defer s.signals.whenHungUp(func() { _ = c.Offer() })() // if that fails, the next earshot says that the site is in use
		err := c.Collect(ctx, out.until)
		s.ending.does(closingCampaign)
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
	s.ending.does(printingSummary)
	final, printErr := printer.Finish()
	if s.signals.hung.Err() != nil {
		printErr = nil // standard output is closed
	}
	if err := errors.Join(err, printErr); err != nil {
		return err
	}
	return outcomeOf(final)
}

// text is where texts for people go; JSON stays as it is.
func (o outputFlags) text(to io.Writer) io.Writer {
	if o.ascii && !o.json {
		return printable.NewASCIIWriter(to)
	}
	return to
}

// printing are the options of what is printed.
func (o outputFlags) printing(s streams) report.Options {
	return report.Options{JSON: o.json, ASCII: o.ascii, Lang: s.lang, Out: o.text(s.out), Warn: o.text(s.err),
		ExitCode: func(final state.Snapshot) int { return exitCode(outcomeOf(final)) }}
}
