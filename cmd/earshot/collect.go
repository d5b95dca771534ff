package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"earshot/collector"
	"earshot/collector/duration"
)

// collectFlags say how long a campaign runs.
type collectFlags struct {
	until    string
	lasts    span
	deadline span
	stay     bool
}

func (f *collectFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(&f.deadline, "deadline", "end after this time, even if meters are missing (default: when the last meter's time is over)")
	flags.StringVar(&f.until, "until", "", "with --headless: continue until all-heard (every meter passed, or is known to fail), deadline (one round, the default), or forever (until stopped)")
	flags.Var(&f.lasts, "for", "with --headless: wait for slow meters until all have passed, but not longer than this, such as 7d or 36h")
	flags.BoolVar(&f.stay, "stay", false, "continue when the terminal is lost, such as a broken SSH session, until the next earshot on this site takes over (default: ask, if run over SSH)")
}

// untilWords are the values of --until.
var untilWords = map[string]collector.Until{
	"all-heard": collector.UntilHeard, "deadline": collector.UntilDeadline, "forever": collector.UntilStopped,
}

// plan says how long a campaign runs, and the time after which it ends in any
// case, 0 for none.
func (f *collectFlags) plan(headless bool) (until collector.Until, end time.Duration, err error) {
	until, known := untilWords[f.until]
	switch {
	case f.until == "":
		until = collector.UntilDeadline
		if f.lasts > 0 {
			until = collector.UntilPassed
		}
	case !known:
		return 0, 0, usageError("--until %s: must be all-heard, deadline or forever", f.until)
	}
	switch {
	case !headless && f.until != "":
		return 0, 0, usageError("--until needs --headless: with a screen the campaign runs until you quit")
	case !headless && f.lasts > 0:
		return 0, 0, usageError("--for needs --headless: with a screen the campaign runs until you quit")
	case f.lasts > 0 && f.deadline > 0:
		return 0, 0, usageError("--for and --deadline both set the end: leave one of them out")
	case f.lasts > 0 && f.until == "deadline":
		return 0, 0, usageError("--until deadline ends after one round, --for continues after it: leave one of them out")
	case f.until == "forever" && (f.lasts > 0 || f.deadline > 0):
		return 0, 0, usageError("--until forever never ends: leave out either it, or --for and --deadline")
	case f.lasts > 0:
		return until, time.Duration(f.lasts), nil
	}
	return until, time.Duration(f.deadline), nil
}

// span is the value of a flag: a duration that may begin with days, such as
// 7d or 1d12h.
type span time.Duration

// Set reads a span.
func (s *span) Set(text string) error {
	d, err := duration.Parse(text)
	switch {
	case err != nil:
		return fmt.Errorf("%q is %w", text, err)
	case d <= 0:
		return fmt.Errorf("%q: must be more than 0", text)
	}
	*s = span(d)
	return nil
}

func (s *span) String() string {
	if *s == 0 {
		return ""
	}
	return duration.Text(time.Duration(*s))
}

// Type is what help calls the value.
func (s *span) Type() string { return "duration" }

// patience is the value of --timeout: a duration, or auto.
type patience struct {
	time time.Duration
	auto bool
}

// Set reads a patience.
func (p *patience) Set(text string) (err error) {
	if p.auto = text == "auto"; p.auto {
		return nil
	}
	p.time, err = time.ParseDuration(text)
	return err
}

func (p *patience) String() string {
	if p.auto {
		return "auto"
	}
	return p.time.String()
}

// Type is what help calls the value.
func (*patience) Type() string { return "duration" }
