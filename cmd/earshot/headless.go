package main

import (
	"context"
	"errors"
	"os"

	"earshot/collector"
	"earshot/collector/report"
	"earshot/collector/state"
)

// runHeadless collects as long as was asked for, and prints what came of it.
func runHeadless(ctx context.Context, cfg collector.Config, out outputFlags, s streams) error {
	var printer *report.Printer
	manager := managerOf(os.Getenv)
	err := collector.Run(ctx, cfg, func(ctx context.Context, c *collector.Campaign) error {
		printer = report.NewPrinter(c.View(), out.printing(s))
		defer printer.Start()()
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
	final, printErr := printer.Finish()
	if s.signals.hung.Err() != nil {
		printErr = nil // there is nobody to read it
	}
	if err := errors.Join(err, printErr); err != nil {
		return err
	}
	return outcomeOf(final)
}

// printing are the options of what is printed.
func (o outputFlags) printing(s streams) report.Options {
	return report.Options{JSON: o.json, ASCII: o.ascii, Out: s.out, Warn: s.err,
		ExitCode: func(final state.Snapshot) int { return exitCode(outcomeOf(final)) }}
}
