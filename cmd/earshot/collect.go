package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"earshot/collector"
	"earshot/collector/duration"
)

// collectFlags say how long a campaign goes on.
type collectFlags struct {
	until    string
	lasts    span
	deadline span
	stay     bool
}

func (f *collectFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(&f.deadline, "deadline", "end after this time, whatever is missing (default: when the last meter's time is over)")
	flags.StringVar(&f.until, "until", "", "with --headless: go on until all-heard (every meter passed, or is known to fail), deadline (one round, as without), or forever (until it is stopped)")
	flags.Var(&f.lasts, "for", "with --headless: go on for slow meters until every one passed, but not longer than this, such as 7d or 36h")
	flags.BoolVar(&f.stay, "stay", false, "go on when the terminal is lost, as SSH sessions are, until the next earshot on this site takes over (default: asked over SSH)")
}

// untilWords are the values of --until.
var untilWords = map[string]collector.Until{
	"all-heard": collector.UntilHeard, "deadline": collector.UntilDeadline, "forever": collector.UntilStopped,
}

// plan says how long a campaign goes on, and the time after which it ends in
// any case, 0 for none.
func (f *collectFlags) plan(headless bool) (until collector.Until, end time.Duration, err error) {
	until, known := untilWords[f.until]
	switch {
	case f.until == "":
		until = collector.UntilDeadline
		if f.lasts > 0 {
			until = collector.UntilPassed
		}
	case !known:
		return 0, 0, usageError("--until %s: it is all-heard, deadline or forever", f.until)
	}
	switch {
	case !headless && f.until != "":
		return 0, 0, usageError("--until needs --headless: the screen stays until you leave it")
	case !headless && f.lasts > 0:
		return 0, 0, usageError("--for needs --headless: the screen stays until you leave it")
	case f.lasts > 0 && f.deadline > 0:
		return 0, 0, usageError("--for and --deadline both say when to end: leave one of them out")
	case f.lasts > 0 && f.until == "deadline":
		return 0, 0, usageError("--until deadline is one round, --for goes on after it: leave one of them out")
	case f.until == "forever" && (f.lasts > 0 || f.deadline > 0):
		return 0, 0, usageError("--until forever has no end: leave it, or --for and --deadline, out")
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
		return fmt.Errorf("%q: it must be more than 0", text)
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
