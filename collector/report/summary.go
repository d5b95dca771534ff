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
func Summary(w io.Writer, lang *words.Language, s state.Snapshot) error {
	width := TerminalWidth(w)
	if width == 0 {
		return summaryIn(page{w, lang}, s, 0)
	}
	var text bytes.Buffer
	_ = summaryIn(page{&text, lang}, s, width) // to memory: it cannot fail
	_, err := w.Write(wrapLines(text.Bytes(), width))
	return err
}

// summaryIn is Summary with a table of at most that width; 0 means any.
func summaryIn(w page, s state.Snapshot, width int) error {
	c := s.Counts
	w.put("print.head", words.Args{"Site": printable.Text(s.Site), "Meters": w.lang.Count(c.Meters, "meter"), "Heard": c.Heard, "Passed": c.Passed()})
	for code := state.CodeSending; code < state.Codes; code++ {
		if n := c.ByCode[code]; n > 0 {
			fmt.Fprintf(w, ", %d %s", n, w.lang.Term("code", code.String()))
		}
	}
	w.put("print.head.rest", words.Args{"Alarms": c.Alarms, "Late": c.Late, "Unlisted": len(s.Unlisted)})
	fmt.Fprint(w, "\n\n")
	if err := writeVerdicts(w, s, width); err != nil {
		return err
	}
	writeTodo(w, s)
	writeLeftOut(w, s)
	writeOlder(w, s)
	return writeParts(w, s)
}

// writeTodo writes what to do about each meter that needs something.
func writeTodo(w page, s state.Snapshot) {
	head := w.head("print.todo")
	if all := w.lang.Headline(s.Headline); all != "" {
		fmt.Fprintf(w, "%s  %s\n", head, all)
		head = ""
	}
	for _, r := range s.Rows {
		if explained(r, s.Headline) {
			continue
		}
		if next := w.lang.Next(&r.Verdict); next != "" {
			fmt.Fprintf(w, "%s  %s\n", head, w.lang.Say("print.row", words.Args{"Line": r.Line, "Meter": r.Ref, "Text": printable.Text(next)}))
			head = ""
		}
	}
	head = w.head("print.not_in_list")
	for _, u := range s.Unlisted {
		hint := ""
		switch a := (words.Args{"Meter": u.Near}); {
		case u.KeyFits:
			hint = w.lang.Say("print.looks_like.key", a)
		case u.Near != "":
			hint = w.lang.Say("print.looks_like", a)
		}
		fmt.Fprintf(w, "%s  %v %s, %s, %s%s\n", head, u.Address, w.lang.Term("medium", u.Address.Medium()), w.lang.Count(u.Count, "telegram"), signalOf(w.lang, u.RSSI), hint)
		head = ""
	}
}

// explained reports whether the headline says what to do about a row.
func explained(r *state.Row, h state.Headline) bool {
	advice := r.Verdict.Advice
	return h != state.HeadlineNone && len(advice) > 0 && advice[0].Code == h.Explains()
}

// writeLeftOut names the rows of the list that cannot be used.
func writeLeftOut(w page, s state.Snapshot) {
	head := w.head("print.left_out")
	for _, bad := range s.LeftOut {
		fmt.Fprintf(w, "%s  %s\n", head, w.lang.Say("print.left_out.row", words.Args{"Line": bad.Line, "Text": printable.Text(bad.Reason)}))
		head = ""
	}
}

// writeOlder says that this continues an earlier campaign.
func writeOlder(w page, s state.Snapshot) {
	if c := s.Campaign; !c.Resumed.IsZero() {
		fmt.Fprintf(w, "\n%s\n", w.lang.Say("print.older", words.Args{"Time": w.lang.DateTime(c.Started)}))
	}
}

// page is what is written to, and the language it is written in.
type page struct {
	io.Writer
	lang *words.Language
}

// put writes a message, line with the end of a line.
func (p page) put(name string, a words.Args) { fmt.Fprint(p, p.lang.Say(name, a)) }

func (p page) line(name string, a words.Args) error {
	_, err := fmt.Fprintln(p, p.lang.Say(name, a))
	return err
}

// head is a heading after an empty line.
func (p page) head(name string) string { return "\n" + p.lang.Say(name, nil) + "\n" }

// Count is a number and a noun in English, in the plural if needed.
func Count[N int | int64 | uint64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// writeParts writes about the receivers, the store and the broker.
func writeParts(w page, s state.Snapshot) error {
	fmt.Fprintln(w)
	for _, r := range s.Receivers {
		w.put("print.receiver", words.Args{"Receiver": printable.Text(r.Info.Name), "Telegrams": w.lang.Count(r.Frames, "telegram")})
		if r.Reason != "" {
			fmt.Fprintf(w, ", %s", printable.Text(strings.TrimPrefix(r.Reason, r.Info.Name+": ")))
		}
		if r.Trouble > 0 {
			w.put("print.unreadable", words.Args{"Count": r.Trouble, "Text": printable.Text(r.Fault)})
		}
		if r.Surplus > 0 {
			w.put("print.surplus", words.Args{"Telegrams": w.lang.Count(r.Surplus, "telegram")})
		}
		if r.Notice != "" {
			w.put("print.notice", words.Args{"Text": printable.Text(r.Notice)})
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, w.lang.Limits(s.Limits))
	writeStore(w, s)
	for drop, n := range s.Drops {
		if n > 0 {
			w.line("print.dropped", words.Args{"Count": n, "What": w.lang.Term("drop", state.Drop(drop).String())})
		}
	}
	if !s.Broker.Named {
		if s.Store.Unkept != "" {
			return w.line("print.no_broker.unkept", nil)
		}
		return w.line("print.no_broker", nil)
	}
	for _, b := range s.Brokers {
		w.put("print.broker", words.Args{"Broker": printable.Text(b.Address), "Delivered": b.Delivered, "Waiting": b.Queued, "Refused": b.Refused})
		fmt.Fprintln(w, reason(b.Reason))
	}
	return nil
}

// writeStore writes about the store, and if it was in memory, also about the
// readings that are lost with it.
func writeStore(w page, s state.Snapshot) {
	if s.Store.Unkept == "" {
		w.put("print.store", words.Args{"Telegrams": w.lang.Count(int(s.Store.Telegrams), "telegram"), "Readings": w.lang.Count(int(s.Store.Readings), "reading")})
		if s.Store.Reason != "" {
			w.put("print.store.failing", words.Args{"Text": printable.Text(s.Store.Reason)})
		}
		fmt.Fprintln(w)
		return
	}
	w.line("print.store.unkept", words.Args{"Telegrams": w.lang.Count(int(s.Store.Waiting), "telegram"), "Text": printable.Text(s.Store.Reason)})
	writeLost(w, s)
}

// writeLost lists the readings that are lost with a store in memory.
func writeLost(w page, s state.Snapshot) {
	lost := undelivered(s)
	if len(lost) == 0 {
		return
	}
	w.line("print.lost", words.Args{"Readings": w.lang.Count(len(lost), "reading")})
	for _, r := range lost {
		fmt.Fprintf(w, "  %s\n", w.lang.Say("print.row", words.Args{"Line": r.Line, "Meter": r.Ref, "Text": readingText(w.lang, r, false)}))
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

func signalOf(lang *words.Language, r state.RSSIStat) string {
	median, ok := r.Median()
	switch {
	case !ok:
		return "–"
	case r.Scale == device.ScaleDBm:
		return fmt.Sprintf("%d dBm", median)
	}
	return lang.Say("print.relative", words.Args{"Value": int(median)})
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

// readingText is the reading of a row. One of an earlier day names it, or is in
// brackets if there is little room.
func readingText(lang *words.Language, r *state.Row, brief bool) string {
	shown, cached := r.Shown()
	if shown == nil {
		return "–"
	}
	text := lang.Reading(shown)
	if text == "" {
		return "–"
	}
	switch {
	case cached && brief:
		text = "(" + text + ")"
	case cached:
		text = lang.Say("print.cached", words.Args{"Value": text, "Day": lang.Date(shown.Sent())})
	}
	return printable.Text(text)
}
