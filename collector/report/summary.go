package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/printable"
)

// marks are the signs before a row in a summary.
var marks = map[state.Mark]string{
	state.MarkWaiting: "~", state.MarkOK: "✓", state.MarkAlarm: "!",
	state.MarkFailed: "✗", state.MarkTimeout: "⏲",
}

// chainSigns are the steps of a chain, by state.
var chainSigns = map[state.StepState]string{
	state.StepOpen: "·", state.StepDone: "●", state.StepFailed: "○", state.StepNone: "",
}

// Summary writes the verdict of each meter in the order of the list, then
// what to do. If w is a terminal, the table fits its width.
func Summary(w io.Writer, s state.Snapshot) error {
	width := TerminalWidth(w)
	if width == 0 {
		return summaryIn(w, s, 0)
	}
	var text bytes.Buffer
	_ = summaryIn(&text, s, width) // to memory: it cannot fail
	_, err := w.Write(wrapLines(text.Bytes(), width))
	return err
}

// summaryIn is Summary with a table of at most that width; 0 means any.
func summaryIn(w io.Writer, s state.Snapshot, width int) error {
	c := s.Counts
	fmt.Fprintf(w, "%s: %s, %d heard, %d passed", printable.Text(s.Site), Count(c.Meters, "meter"), c.Heard, c.Passed())
	for code := state.CodeSending; code < state.Codes; code++ {
		if n := c.ByCode[code]; n > 0 {
			fmt.Fprintf(w, ", %d %v", n, code)
		}
	}
	fmt.Fprintf(w, ", %d with an alarm, %d late, %d unlisted\n\n", c.Alarms, c.Late, len(s.Unlisted))
	if err := writeVerdicts(w, s, width); err != nil {
		return err
	}
	writeTodo(w, s)
	writeLeftOut(w, s)
	writeOlder(w, s)
	return writeParts(w, s)
}

// writeTodo writes what to do about each meter that needs something.
func writeTodo(w io.Writer, s state.Snapshot) {
	head := "\nTo do:\n"
	if all := words.English.Headline(s.Headline); all != "" {
		fmt.Fprintf(w, "%s  %s\n", head, all)
		head = ""
	}
	for _, r := range s.Rows {
		if explained(r, s.Headline) {
			continue
		}
		if next := words.English.Next(&r.Verdict); next != "" {
			fmt.Fprintf(w, "%s  line %d, %s: %s\n", head, r.Line, r.Ref, printable.Text(next))
			head = ""
		}
	}
	head = "\nNot in the list:\n"
	for _, u := range s.Unlisted {
		hint := ""
		if u.Near != "" {
			hint = ", looks like " + u.Near
			if u.KeyFits {
				hint += " and opens with its key"
			}
		}
		fmt.Fprintf(w, "%s  %v %s, %s, %s%s\n", head, u.Address, u.Address.Medium(), Count(u.Count, "telegram"), signalOf(u.RSSI), hint)
		head = ""
	}
}

// explained reports whether the headline says what to do about a row.
func explained(r *state.Row, h state.Headline) bool {
	advice := r.Verdict.Advice
	return h != state.HeadlineNone && len(advice) > 0 && advice[0].Code == h.Explains()
}

// writeLeftOut names the rows of the list that cannot be used.
func writeLeftOut(w io.Writer, s state.Snapshot) {
	head := "\nLeft out of the list:\n"
	for _, bad := range s.LeftOut {
		fmt.Fprintf(w, "%s  line %d: %s\n", head, bad.Line, printable.Text(bad.Reason))
		head = ""
	}
}

// writeOlder says that this continues an earlier campaign.
func writeOlder(w io.Writer, s state.Snapshot) {
	if c := s.Campaign; !c.Resumed.IsZero() {
		fmt.Fprintf(w, "\nThis continues the campaign begun %s: its verdicts count; --new starts a new one.\n", c.Started.Format("2006-01-02 15:04"))
	}
}

// Count is a number and a noun, in the plural if needed.
func Count[N int | int64 | uint64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// writeParts writes about the receivers, the store and the broker.
func writeParts(w io.Writer, s state.Snapshot) error {
	fmt.Fprintln(w)
	for _, r := range s.Receivers {
		fmt.Fprintf(w, "Receiver %s: %s", printable.Text(r.Info.Name), Count(r.Frames, "telegram"))
		if r.Reason != "" {
			fmt.Fprintf(w, ", %s", printable.Text(strings.TrimPrefix(r.Reason, r.Info.Name+": ")))
		}
		if r.Trouble > 0 {
			fmt.Fprintf(w, ", %d unreadable, the last: %s", r.Trouble, printable.Text(r.Fault))
		}
		if r.Surplus > 0 {
			fmt.Fprintf(w, ", %s of unlisted meters not stored (see --keep-unlisted)", Count(r.Surplus, "telegram"))
		}
		if r.Notice != "" {
			fmt.Fprintf(w, "; note: %s", printable.Text(r.Notice))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, words.English.Limits(s.Limits))
	writeStore(w, s)
	for drop, n := range s.Drops {
		if n > 0 {
			fmt.Fprintf(w, "Dropped so that the radio did not wait: %d (%v)\n", n, state.Drop(drop))
		}
	}
	if !s.Broker.Named {
		stay := "; readings stay in the store"
		if s.Store.Unkept != "" {
			stay = ""
		}
		_, err := fmt.Fprintf(w, "Broker: none%s\n", stay)
		return err
	}
	for _, b := range s.Brokers {
		fmt.Fprintf(w, "Broker %s: %d readings delivered, %d waiting, %d refused%s\n",
			printable.Text(b.Address), b.Delivered, b.Queued, b.Refused, reason(b.Reason))
	}
	return nil
}

// writeStore writes about the store, and if it was in memory, also about the
// readings that are lost with it.
func writeStore(w io.Writer, s state.Snapshot) {
	if s.Store.Unkept == "" {
		fmt.Fprintf(w, "Store: %s, %s", Count(s.Store.Telegrams, "telegram"), Count(s.Store.Readings, "reading"))
		if s.Store.Reason != "" {
			fmt.Fprintf(w, ", failing: %s", printable.Text(s.Store.Reason))
		}
		fmt.Fprintln(w)
		return
	}
	fmt.Fprintf(w, "Store: nothing was stored on disk, %s lost at the end of this run; %s\n", Count(s.Store.Waiting, "telegram"), printable.Text(s.Store.Reason))
	writeLost(w, s)
}

// writeLost lists the readings that are lost with a store in memory.
func writeLost(w io.Writer, s state.Snapshot) {
	lost := undelivered(s)
	if len(lost) == 0 {
		return
	}
	fmt.Fprintf(w, "Neither stored nor delivered: %s\n", Count(len(lost), "reading"))
	for _, r := range lost {
		fmt.Fprintf(w, "  line %d, %s: %s\n", r.Line, r.Ref, readingText(r))
	}
}

// undelivered are the meters whose last reading no broker has.
func undelivered(s state.Snapshot) []*state.Row {
	var rows []*state.Row
	for _, r := range s.Rows {
		if r.Unplaced() {
			rows = append(rows, r)
		}
	}
	return rows
}

func reason(text string) string {
	if text == "" {
		return ""
	}
	return "; " + printable.Text(text)
}

func signalOf(r state.RSSIStat) string {
	median, ok := r.Median()
	switch {
	case !ok:
		return "–"
	case r.Scale == device.ScaleDBm:
		return fmt.Sprintf("%d dBm", median)
	}
	return fmt.Sprintf("%d (relative)", median)
}

func chain(c state.Chain) string {
	var b strings.Builder
	for _, step := range c {
		b.WriteString(chainSigns[step])
		if step == state.StepFailed {
			break
		}
	}
	return b.String()
}

func readingText(r *state.Row) string {
	shown, cached := r.Shown()
	if shown == nil {
		return "–"
	}
	text := words.English.Reading(shown)
	if text == "" {
		return "–"
	}
	if cached {
		text += shown.Sent().Format(" (of 2006-01-02)")
	}
	return printable.Text(text)
}
