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
func Batch(to io.Writer, lang *words.Language, report *batch.Report, failures state.Failures, codes []int) error {
	w := page{to, lang}
	meters, passed, good := 0, 0, 0
	for i, r := range report.Sites {
		meters, passed = meters+r.Final.Counts.Meters, passed+r.Final.Counts.Passed()
		if codes[i] == 0 {
			good++
		}
	}
	w.put("batch.head", words.Args{"Sites": lang.Count(len(report.Sites), "site"), "Meters": lang.Count(meters, "meter"), "Passed": passed,
		"Good": lang.Count(good, "site"), "Bad": len(report.Sites) - good})
	fmt.Fprint(w, "\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range []string{"site", "meters", "heard", "passed", "queued", "outcome"} {
		fmt.Fprint(table, "\t"+lang.Say("batch.column."+name, nil))
	}
	fmt.Fprintln(table)
	for i, r := range report.Sites {
		if c := r.Final.Counts; r.Started {
			fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", siteMark(r, codes[i]), printable.Text(r.Site), c.Meters, c.Heard, c.Passed(), r.Final.Broker.Queued, siteOutcome(lang, r))
		} else {
			fmt.Fprintf(table, "%s\t%s\t–\t–\t–\t–\t%s\n", siteMark(r, codes[i]), printable.Text(r.Site), lang.Say("batch.not_commissioned", nil))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	writeFailures(w, report, failures)
	writeAlarms(w, report)
	for _, r := range report.Sites {
		if r.Final.Store.Unkept != "" {
			fmt.Fprintf(w, "\n%s\n", lang.Say("batch.unkept", words.Args{"Site": printable.Text(r.Site)}))
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
func siteOutcome(lang *words.Language, r batch.Result) string {
	var parts []string
	c := r.Final.Counts
	for code := range state.Codes {
		if n := c.ByCode[code]; n > 0 && code != state.CodeOK {
			parts = append(parts, fmt.Sprintf("%d %s", n, lang.Term("code", code.String())))
		}
	}
	if r.Final.Round.Lost {
		parts = append(parts, lang.Say("batch.no_receiver", nil))
	}
	switch {
	case r.Final.Store.Unkept != "":
		parts = append(parts, lang.Say("batch.nothing_stored", nil))
	case r.Final.Store.Reason != "":
		parts = append(parts, lang.Say("batch.store_failed", nil))
	}
	if r.Err != nil {
		parts = append(parts, lang.Say("batch.ended_early", nil))
	}
	if len(parts) == 0 {
		parts = []string{lang.Say("batch.all_passed", nil)}
	}
	if c.Alarms > 0 {
		parts = append(parts, lang.Say("batch.alarms", words.Args{"Count": c.Alarms}))
	}
	return strings.Join(parts, ", ")
}

// writeFailures writes what failed, by site and kind, with what to do next.
func writeFailures(w page, report *batch.Report, failures state.Failures) {
	next := map[string]map[string]string{} // by site and meter
	whole := map[string]string{}           // what failures of a site as a whole are called
	for _, r := range report.Sites {
		whole[r.Site] = w.lang.Say("batch.not_commissioned", nil)
		if r.Started {
			whole[r.Site] = w.lang.Say("batch.ended_early", nil)
		}
		next[r.Site] = map[string]string{}
		for _, row := range r.Final.Rows {
			next[r.Site][row.Ref] = w.lang.InFull(&row.Verdict)
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
			what = w.lang.Kind(g.Kind)
		}
		fmt.Fprintf(w, "  %s: %d\n", what, len(g.Failures))
		for _, f := range g.Failures {
			line := w.lang.Failure(f)
			if f.Kind == state.KindNone {
				line = Message(f.Err)
			}
			if f.Ref != "" && next[site][f.Ref] != "" {
				line = w.lang.Say("print.row", words.Args{"Line": f.Row, "Meter": f.Ref, "Text": next[site][f.Ref]})
			}
			for text := range strings.Lines(line) {
				fmt.Fprintf(w, "    %s\n", printable.Text(text))
			}
		}
	}
}

// writeAlarms writes which meters passed with an alarm, and what to do next.
func writeAlarms(w page, report *batch.Report) {
	head := w.head("batch.with_alarm")
	for _, r := range report.Sites {
		for _, row := range r.Final.Rows {
			if row.Verdict.Mark == state.MarkAlarm {
				fmt.Fprintf(w, "%s  %s\n", head, w.lang.Say("batch.alarm", words.Args{
					"Site": printable.Text(r.Site), "Line": row.Line, "Meter": row.Ref, "Text": printable.Text(w.lang.InFull(&row.Verdict))}))
				head = ""
			}
		}
	}
}

// writeAir writes about the receivers and the meters that no site expects.
func writeAir(w page, report *batch.Report) error {
	head := w.head("batch.not_in_list")
	for _, u := range report.Air.Unlisted {
		fmt.Fprintf(w, "%s  %v %s, %s\n", head, u.Address, w.lang.Term("medium", u.Address.Medium()), w.lang.Count(int(u.Telegrams), "telegram"))
		head = ""
	}
	if report.Air.More > 0 {
		fmt.Fprintf(w, "  %s\n", w.lang.Say("batch.others", words.Args{"Telegrams": w.lang.Count(int(report.Air.More), "telegram")}))
	}
	fmt.Fprintln(w)
	for _, r := range report.Air.Receivers {
		w.put("print.receiver", words.Args{"Receiver": printable.Text(r.Info.Name), "Telegrams": w.lang.Count(int(r.Telegrams), "telegram")})
		fmt.Fprint(w, reason(r.Reason))
		if r.Troubles > 0 {
			w.put("print.unreadable", words.Args{"Count": r.Troubles, "Text": printable.Text(r.Trouble)})
		}
		if r.Discarded > 0 {
			w.put("batch.discarded", words.Args{"Count": r.Discarded})
		}
		fmt.Fprintln(w)
	}
	return w.line("batch.at_once", words.Args{"Sites": w.lang.Count(report.Peak, "site")})
}
