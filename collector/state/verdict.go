package state

import (
	"fmt"
	"strings"
	"time"
)

// Code is the answer for one meter.
type Code uint8

const (
	CodeWaiting     Code = iota // no read has been started, or none since a broker was named
	CodeListening               // its read is on, nothing decided yet
	CodeOK                      // passed the whole chain
	CodeSending                 // plausible and stored, not acknowledged by the broker yet
	CodeNotJudged               // not heard, but a receiver was away meanwhile: nobody's fault
	CodeTimedOut                // never heard
	CodeNoKey                   // encrypted, and the list has no key
	CodeWrongKey                // encrypted with another key
	CodeUndecodable             // opened, but its content is not understood
	CodeImplausible             // decoded, but the reading cannot be right
	CodeRefused                 // the broker will never take it
	Codes
)

// Mark is the sign before a row.
type Mark uint8

const (
	MarkWaiting Mark = iota // nothing known yet
	MarkOK                  // passed
	MarkAlarm               // passed, with something to be seen
	MarkFailed              // a step failed
	MarkTimeout             // not heard
)

// Verdict is the chain of a row in words.
type Verdict struct {
	Code Code
	Mark Mark
	Text string // the headline
	Next string // what to do next, "" where nothing is to be done
}

// Passed reports whether the meter climbed the whole chain.
func (v Verdict) Passed() bool { return v.Code == CodeOK }

// Failed reports whether a step failed for good: the radio still listens, but
// somebody has to do something.
func (v Verdict) Failed() bool { return v.Code >= CodeTimedOut }

// codes says how each code is called, in JSON and as a filter, and which step
// of the chain it leaves failed.
var codes = [Codes]struct {
	word string
	mark Mark
}{
	CodeWaiting:     {"waiting", MarkWaiting},
	CodeListening:   {"listening", MarkWaiting},
	CodeOK:          {"ok", MarkOK},
	CodeSending:     {"sending", MarkOK},
	CodeNotJudged:   {"not judged", MarkTimeout},
	CodeTimedOut:    {"timed out", MarkTimeout},
	CodeNoKey:       {"no key", MarkFailed},
	CodeWrongKey:    {"wrong key", MarkFailed},
	CodeUndecodable: {"undecodable", MarkFailed},
	CodeImplausible: {"implausible", MarkFailed},
	CodeRefused:     {"refused", MarkFailed},
}

func (c Code) String() string { return codes[min(c, Codes-1)].word }

// MarshalText writes the code as a word.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// failureCodes maps the kind of a row's failure to its verdict.
var failureCodes = map[Kind]Code{
	KindNoKey:       CodeNoKey,
	KindWrongKey:    CodeWrongKey,
	KindUndecodable: CodeUndecodable,
	KindImplausible: CodeImplausible,
	KindUpload:      CodeRefused,
}

// judge sets the row's chain, alarms and verdict from what is known of it. It
// is the one place where a verdict is made.
func (r *Row) judge(broker bool) {
	r.present()
	if !broker && r.Chain[StepDelivered] == StepOpen {
		r.Chain[StepDelivered] = StepNone
	}
	words, meter, rest := alarms(r)
	r.Alarms = words
	code := r.code()
	v := Verdict{Code: code, Mark: codes[code].mark}
	v.Text, v.Next = r.words(code)
	if v.Next == "" && (code.fine() || r.Reading != nil) { // it waits for what failed
		v.also(rest)
	}
	v.first(meter) // a fire or a burst pipe does not
	if r.Correction != nil {
		v.also(fmt.Sprintf("correct the ID in line %d of the list: the meter is %s", r.Line, r.meter()))
	}
	if r.shown && r.Read.TimedOut && r.Heard.Count == 0 {
		if r.Read.Away > 0 {
			v.Text += "; no receiver listened since"
		} else {
			v.Text += "; not heard again"
		}
	}
	if len(r.Alarms) > 0 && code.fine() {
		v.Mark = MarkAlarm
	}
	r.Verdict = v
}

// also adds to what is to be done.
func (v *Verdict) also(advice string) { v.Next = joined(v.Next, advice) }

// first puts an advice before what is to be done.
func (v *Verdict) first(advice string) { v.Next = joined(advice, v.Next) }

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// fine reports whether no step failed or is missing on the meter's side.
func (c Code) fine() bool { return c == CodeOK || c == CodeSending }

func (r *Row) code() Code {
	switch {
	case r.Failure != nil:
		return failureCodes[r.Failure.Kind]
	case r.Chain[StepPlausible] == StepDone && (r.Chain[StepDelivered] == StepDone || r.Chain[StepDelivered] == StepNone):
		return CodeOK
	case r.Chain[StepPlausible] == StepDone && r.unsent:
		return CodeWaiting
	case r.Chain[StepPlausible] == StepDone:
		return CodeSending
	case r.Read.Active:
		return CodeListening
	case r.Read.TimedOut && r.Read.Away > 0:
		return CodeNotJudged
	case r.Read.TimedOut:
		return CodeTimedOut
	}
	return CodeWaiting
}

// words says a verdict: the headline, and what to do next.
func (r *Row) words(code Code) (text, next string) {
	switch code {
	case CodeOK, CodeSending:
		return r.passedWords(code), ""
	case CodeTimedOut:
		return r.timeoutWords()
	case CodeNotJudged:
		return r.awayWords()
	case CodeWrongKey:
		return r.wrongKeyWords()
	case CodeNoKey:
		return "no key: it sends encrypted", fmt.Sprintf("put the key of %s into line %d of the list", r.meter(), r.Line)
	case CodeUndecodable:
		return "not decodable: " + r.Failure.Reason, "keep the telegram (its details show it) and ask the maker for its format"
	case CodeImplausible:
		return "implausible: " + r.Failure.Reason, "compare with the meter's display; was it replaced, or are two meters mixed up?"
	case CodeRefused:
		return "refused by the broker: " + r.Failure.Reason, "show the broker's administrator this reason"
	case CodeListening:
		if r.Heard.Count > 0 {
			return "heard, waiting for a complete telegram", ""
		}
		return "listening", ""
	}
	return "waiting for a round", ""
}

func (r *Row) passedWords(code Code) string {
	words := "ok"
	switch {
	case code == CodeSending && len(r.Missing) > 0:
		words = "on its way to " + strings.Join(r.Missing, ", ")
	case code == CodeSending && r.stored:
		words = "stored, on its way"
	case code == CodeSending && r.unkept:
		words = "in memory, on its way"
	case code == CodeSending:
		words = "decoded, being stored"
	case r.Chain[StepDelivered] == StepDone:
		words = "delivered"
	}
	if r.Read.Late {
		words += ", heard late"
	}
	if len(r.Alarms) > 0 {
		words += ", alarm: " + strings.Join(r.Alarms, ", ")
	}
	return words
}

func (r *Row) timeoutWords() (text, next string) {
	text = "timed out"
	if r.Cached != nil {
		text += "; cached"
	}
	switch {
	case r.Near != nil && r.Near.KeyFits:
		return text + fmt.Sprintf(": is it %v? its key fits", r.Near.Address.ID),
			fmt.Sprintf("%v is on the air and opens with this row's key: correct the ID in line %d of the list", r.Near.Address.ID, r.Line)
	case r.Near != nil:
		return text + fmt.Sprintf(": is it %v?", r.Near.Address.ID),
			fmt.Sprintf("%v is on the air and looks like it: compare the ID in line %d of the list with the meter's label", r.Near.Address.ID, r.Line)
	case r.Heard.Count > 0:
		return text + ": heard, but nothing complete", "go nearer to the meter, or listen longer: this meter sends its full telegram only now and then"
	}
	if r.Read.Fewer > 0 {
		return text, fmt.Sprintf("a receiver was away for %v of that time: look after it, then read again", r.Read.Fewer.Round(time.Second))
	}
	return text, "go nearer to the meter, check that its radio is on and sends at this hour, then read again with a longer time"
}

func (r *Row) awayWords() (text, next string) {
	text = fmt.Sprintf("not judged: no receiver listened for %v of %v", r.Read.Away.Round(time.Second), r.Read.After.Round(time.Second))
	if r.Cached != nil {
		text += "; cached"
	}
	return text, "look after the receiver, then read again"
}

func (r *Row) wrongKeyWords() (text, next string) {
	f := r.Failure
	switch {
	case f.Mutual:
		a, b := min(r.Line, f.Line), max(r.Line, f.Line)
		return fmt.Sprintf("wrong key: lines %d and %d swapped?", a, b),
			fmt.Sprintf("each one's key opens the other: swap the keys (or the places) of lines %d and %d of the list", a, b)
	case f.Fits != "":
		return fmt.Sprintf("wrong key: that of line %d fits", f.Line),
			fmt.Sprintf("the key of line %d (%s) opens this meter: correct the key in line %d of the list", f.Line, f.Fits, r.Line)
	}
	return "wrong key", fmt.Sprintf("no key of the list fits: ask the supplier for the key of %s, line %d", r.meter(), r.Line)
}
