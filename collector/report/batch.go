package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"earshot/collector/batch"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/printable"
)

// Batch writes a table of the sites, the failures by site and kind, the
// receivers, and unlisted meters.
func Batch(w io.Writer, report *batch.Report, failures state.Failures, codes []int) error {
	meters, passed, good := 0, 0, 0
	for i, r := range report.Sites {
		meters, passed = meters+r.Final.Counts.Meters, passed+r.Final.Counts.Passed()
		if codes[i] == 0 {
			good++
		}
	}
	fmt.Fprintf(w, "%d sites, %d meters, %d passed; %d sites passed, %d did not\n\n", len(report.Sites), meters, passed, good, len(report.Sites)-good)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\tSite\tMeters\tHeard\tPassed\tQueued\tOutcome")
	for i, r := range report.Sites {
		if c := r.Final.Counts; r.Started {
			fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", siteMark(r, codes[i]), printable.Text(r.Site), c.Meters, c.Heard, c.Passed(), r.Final.Broker.Queued, siteOutcome(r))
		} else {
			fmt.Fprintf(table, "%s\t%s\t–\t–\t–\t–\tnot commissioned\n", siteMark(r, codes[i]), printable.Text(r.Site))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	writeFailures(w, report, failures)
	writeAlarms(w, report)
	for _, r := range report.Sites {
		if r.Final.Store.Unkept != "" {
			fmt.Fprintf(w, "\n%s: nothing was stored on disk\n", printable.Text(r.Site))
			writeLost(w, r.Final)
		}
	}
	return writeAir(w, report)
}

func siteMark(r batch.Result, code int) string {
	switch {
	case code != 0:
		return marks[state.MarkFailed]
	case r.Final.Counts.Alarms > 0:
		return marks[state.MarkAlarm]
	}
	return marks[state.MarkOK]
}

// siteOutcome counts the verdicts of a site's meters that did not pass.
func siteOutcome(r batch.Result) string {
	var parts []string
	c := r.Final.Counts
	for code := range state.Codes {
		if n := c.ByCode[code]; n > 0 && code != state.CodeOK {
			parts = append(parts, fmt.Sprintf("%d %v", n, code))
		}
	}
	if r.Final.Round.Lost {
		parts = append(parts, "no receiver left")
	}
	switch {
	case r.Final.Store.Unkept != "":
		parts = append(parts, "nothing stored")
	case r.Final.Store.Reason != "":
		parts = append(parts, "the store failed")
	}
	if r.Err != nil {
		parts = append(parts, "ended early")
	}
	if len(parts) == 0 {
		parts = []string{"all passed"}
	}
	if c.Alarms > 0 {
		parts = append(parts, fmt.Sprintf("%d with an alarm", c.Alarms))
	}
	return strings.Join(parts, ", ")
}

// writeFailures writes what failed, by site and kind, with what to do next.
func writeFailures(w io.Writer, report *batch.Report, failures state.Failures) {
	next := map[string]map[string]string{} // by site and meter
	whole := map[string]string{}           // what failures of a site as a whole are called
	for _, r := range report.Sites {
		whole[r.Site] = "not commissioned"
		if r.Started {
			whole[r.Site] = "ended early"
		}
		next[r.Site] = map[string]string{}
		for _, row := range r.Final.Rows {
			next[r.Site][row.Ref] = words.English.InFull(&row.Verdict)
		}
	}
	site := ""
	for _, g := range failures.Groups() {
		if g.Site != site {
			site = g.Site
			fmt.Fprintf(w, "\n%s\n", printable.Text(site))
		}
		what := whole[site]
		if g.Kind != state.KindNone {
			what = words.English.Kind(g.Kind)
		}
		fmt.Fprintf(w, "  %s: %d\n", what, len(g.Failures))
		for _, f := range g.Failures {
			line := words.English.Failure(f)
			if f.Kind == state.KindNone {
				line = Message(f.Err)
			}
			if f.Ref != "" && next[site][f.Ref] != "" {
				line = fmt.Sprintf("line %d, %s: %s", f.Row, f.Ref, next[site][f.Ref])
			}
			for text := range strings.Lines(line) {
				fmt.Fprintf(w, "    %s\n", printable.Text(text))
			}
		}
	}
}

// writeAlarms writes which meters passed with an alarm, and what to do next.
func writeAlarms(w io.Writer, report *batch.Report) {
	head := "\nWith an alarm:\n"
	for _, r := range report.Sites {
		for _, row := range r.Final.Rows {
			if row.Verdict.Mark == state.MarkAlarm {
				fmt.Fprintf(w, "%s  %s, line %d, %s: %s\n", head, printable.Text(r.Site), row.Line, row.Ref, printable.Text(words.English.InFull(&row.Verdict)))
				head = ""
			}
		}
	}
}

// writeAir writes about the receivers and the meters that no site expects.
func writeAir(w io.Writer, report *batch.Report) error {
	head := "\nNot in any list:\n"
	for _, u := range report.Air.Unlisted {
		fmt.Fprintf(w, "%s  %v %s, %s\n", head, u.Address, u.Address.Medium(), Count(u.Telegrams, "telegram"))
		head = ""
	}
	if report.Air.More > 0 {
		fmt.Fprintf(w, "  and %s of other meters\n", Count(report.Air.More, "telegram"))
	}
	fmt.Fprintln(w)
	for _, r := range report.Air.Receivers {
		fmt.Fprintf(w, "Receiver %s: %s%s", printable.Text(r.Info.Name), Count(r.Telegrams, "telegram"), reason(r.Reason))
		if r.Troubles > 0 {
			fmt.Fprintf(w, ", %d unreadable, the last: %s", r.Troubles, printable.Text(r.Trouble))
		}
		if r.Discarded > 0 {
			fmt.Fprintf(w, ", %d discarded: older ones of sites that had not started", r.Discarded)
		}
		fmt.Fprintln(w)
	}
	_, err := fmt.Fprintf(w, "At once: %s\n", Count(report.Peak, "site"))
	return err
}
