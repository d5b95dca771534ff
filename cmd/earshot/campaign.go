package main

import (
	"context"
	"errors"
	"sync"

	"earshot/collector"
	"earshot/tui"
)

// runCampaign runs a campaign with or without a screen, prints its summary and
// returns the outcome as an exit code.
func runCampaign(ctx context.Context, cfg collector.Config, out outputFlags, s streams) error {
	if out.headless {
		return runHeadless(ctx, cfg, out.json, s)
	}
	return runScreen(ctx, cfg, out.ascii, s)
}

// runScreen shows the campaign while its round runs, until the user leaves.
func runScreen(ctx context.Context, cfg collector.Config, ascii bool, s streams) error {
	var view *collector.View
	err := collector.Run(ctx, cfg, func(ctx context.Context, c *collector.Campaign) error {
		view = c.View()
		ctx, cancel := context.WithCancel(ctx)
		screen := &screenActions{ctx: ctx, campaign: c}
		screen.readAll()
		err := tui.Run(ctx, tui.Config{Source: c.View(), Actions: screen, ASCII: ascii}, tui.Terminal{})
		cancel() // leaving the screen ends the round
		screen.rounds.Wait()
		return err
	})
	if view == nil || err != nil {
		return err
	}
	final := view.Snapshot()
	if err := writeSummary(s.out, final); err != nil {
		return err
	}
	return outcomeOf(final)
}

// screenActions is what the keys of the screen ask for.
type screenActions struct {
	ctx      context.Context
	campaign *collector.Campaign
	rounds   sync.WaitGroup
}

func (a *screenActions) readAll() {
	a.rounds.Go(func() { _ = a.campaign.Read(a.ctx) }) // the board has every failure
}

// ReadAgain reads meters again, beside the round that runs.
func (a *screenActions) ReadAgain(refs []string) {
	a.rounds.Go(func() { _ = a.campaign.ReadAgain(a.ctx, refs) })
}

// Note keeps a note of the installer.
func (a *screenActions) Note(ref, text string) { a.campaign.Note(ref, text) }

// runHeadless runs one round and prints what came of it.
func runHeadless(ctx context.Context, cfg collector.Config, json bool, s streams) error {
	var printer *eventPrinter
	err := collector.Run(ctx, cfg, func(ctx context.Context, c *collector.Campaign) error {
		printer = newEventPrinter(c.View(), json, s)
		stop := printer.start()
		defer stop()
		err := c.Read(ctx)
		var failures collector.Failures
		if errors.As(err, &failures) {
			err = nil // the summary names each
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	})
	if printer == nil {
		return err
	}
	final, printErr := printer.finish()
	if err := errors.Join(err, printErr); err != nil {
		return err
	}
	return outcomeOf(final)
}
