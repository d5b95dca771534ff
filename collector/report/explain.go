package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
)

// explainIndent is the column in which the texts of an explanation begin: two after the
// longest label, a step.
func explainIndent(lang *words.Language) int {
	longest := 0
	for step := range state.Steps {
		longest = max(longest, ansi.StringWidth(lang.Term("step_name", step.String())))
	}
	return 2 + longest + 2
}

// Explain writes why a row has its verdict: the chain, what decided, what was
// looked at, and the last telegrams. width 0 breaks no lines.
func Explain(w io.Writer, lang *words.Language, s state.Snapshot, r *state.Row) error {
	return explainIn(w, lang, s, r, TerminalWidth(w))
}

func explainIn(w io.Writer, lang *words.Language, s state.Snapshot, r *state.Row, width int) error {
	e := s.Explain(r)
	out, indent := &errWriter{w: w}, explainIndent(lang)
	fact := func(label, text string) {
		if text == "" {
			return
		}
		if width > 0 {
			text = wrapIndented(text, max(width, indent+narrowText), indent, indent)[indent:]
		}
		out.printf("  %-*s%s\n", indent-2, label, text)
	}
	out.printf("%s\n", strings.TrimSpace(lang.Say("explain.head", words.Args{"Meter": r.Ref, "Line": r.Line, "Place": r.Place.String()})))
	fact(lang.Say("explain.verdict", nil), lang.Verdict(&r.Verdict))
	fact(lang.Say("explain.next", nil), lang.Next(&r.Verdict))
	for _, a := range lang.Alarms(&r.Verdict) {
		fact(lang.Say("explain.alarm", nil), a)
	}
	for _, remark := range lang.Remarks(&r.Verdict) {
		fact(lang.Say("explain.remark", nil), remark)
	}
	out.printf("\n%s\n", lang.Say("explain.chain", nil))
	for step := range state.Steps {
		fact(lang.Term("step_name", step.String()), lang.Step(r, step))
	}
	out.printf("\n%s\n", lang.Say("explain.why", nil))
	for _, f := range lang.Why(&e) {
		fact(f.Label, f.Text)
	}
	out.printf("\n%s\n", lang.Say("explain.telegrams", nil))
	if len(r.Recent) == 0 {
		out.printf("  %s\n", lang.Say("explain.none_heard", nil))
	}
	for i := range r.Recent {
		t := &r.Recent[i]
		out.printf("  %s  %s  %s%s  %s  %s\n    %X\n", t.Time.Format("2006-01-02 15:04:05.000"), lang.Reached(&e, i), lang.Outcome(&t.Outcome),
			telegramSignal(t), orDash(string(t.Mode)), t.Receiver, t.Bytes)
	}
	return out.err
}

func telegramSignal(t *state.Telegram) string {
	switch t.RSSI.Scale {
	case device.ScaleDBm:
		return fmt.Sprintf("  %d dBm", t.RSSI.Value)
	case device.ScaleRelative:
		return fmt.Sprintf("  rel %d", t.RSSI.Value)
	}
	return ""
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// errWriter keeps the first error.
type errWriter struct {
	w   io.Writer
	err error
}

func (e *errWriter) printf(format string, args ...any) {
	if e.err == nil {
		_, e.err = fmt.Fprintf(e.w, format, args...)
	}
}

// explanationJSON is what explain --json prints: members are added, never changed.
type explanationJSON struct {
	summaryRow
	Rule      string            `json:"rule"`
	RuleText  string            `json:"rule_text"`
	Evidence  string            `json:"evidence,omitempty"`
	Rhythm    *rhythmJSON       `json:"rhythm,omitempty"` // what the meter's telegrams teach
	Steps     []stepJSON        `json:"steps"`
	Tried     []state.Attempt   `json:"tried,omitempty"`
	Telegrams []explainTelegram `json:"last_telegrams"`
}

type rhythmJSON struct {
	Interval float64 `json:"interval_s"`
	Loss     int     `json:"loss_percent"`
	Heard    int     `json:"heard"`
	Sent     int     `json:"sent"`
}

type stepJSON struct {
	Step      string `json:"step"`
	State     string `json:"state"`
	Text      string `json:"text"`
	Telegrams []int  `json:"telegrams,omitempty"` // that got here and no further: indices of last_telegrams
}

type explainTelegram struct {
	Time     time.Time `json:"time"`
	Receiver string    `json:"receiver"`
	Mode     string    `json:"mode,omitempty"`
	RSSI     *int16    `json:"rssi_dbm,omitempty"`
	Relative *int16    `json:"rssi_relative,omitempty"`
	Outcome  string    `json:"outcome,omitempty"`
	Telegram string    `json:"telegram"`
}

var stepStates = [...]string{state.StepOpen: "open", state.StepDone: "passed", state.StepFailed: "failed", state.StepNone: "not_asked_for"}

// ExplainJSON writes the same as one JSON object.
func ExplainJSON(w io.Writer, s state.Snapshot, r *state.Row) error {
	e := s.Explain(r)
	out := explanationJSON{
		summaryRow: rowJSON(r), Rule: e.Rule, RuleText: words.English.Rule(&e), Evidence: words.English.Silence(r.Verdict.Silence), Tried: e.Tried,
		Telegrams: make([]explainTelegram, len(r.Recent)),
	}
	if l, ok := r.Learned(); ok {
		out.Rhythm = &rhythmJSON{l.Interval.Seconds(), l.Loss(), l.Telegrams, l.Sent}
	}
	for step := range state.Steps {
		out.Steps = append(out.Steps, stepJSON{step.String(), stepStates[r.Chain[step]], words.English.Step(r, step), e.Steps[step].Telegrams})
	}
	for i := range r.Recent {
		t := &r.Recent[i]
		var air onAir
		air.signal(t.RSSI)
		out.Telegrams[i] = explainTelegram{t.Time, t.Receiver, string(t.Mode), air.RSSI, air.Relative, words.English.Outcome(&t.Outcome), fmt.Sprintf("%X", t.Bytes)}
	}
	return json.NewEncoder(w).Encode(out)
}
