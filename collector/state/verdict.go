package state

import (
	"time"

	"earshot/collector/keys"
)

// Code is the answer for one meter.
type Code uint8

const (
	CodeWaiting     Code = iota // no read has been started, or none since a broker was named
	CodeListening               // its read is on, nothing decided yet
	CodeOK                      // passed the whole chain
	CodeSending                 // plausible and stored, not acknowledged by the broker yet
	CodeNotJudged               // not heard, but a receiver was away meanwhile
	CodeTimedOut                // never heard
	CodeNoKey                   // encrypted, and the list has no key
	CodeWrongKey                // encrypted with another key
	CodeDamaged                 // what was received of it is not what it sent
	CodeUndecodable             // opened, but its content is not understood
	CodeNoReading               // heard, but nothing with its main register
	CodeTwoMeters               // two meters have its number
	CodeImplausible             // decoded, but the reading cannot be right
	CodeRefused                 // the broker will never take it
	Codes
)

// Mark is the sign before a row.
type Mark uint8

const (
	MarkWaiting Mark = iota // nothing known yet
	MarkOK                  // passed
	MarkAlarm               // passed, with an alarm
	MarkFailed              // a step failed
	MarkTimeout             // not heard
)

// Stage is where the reading of a row that passed is.
type Stage uint8

const (
	StageNone      Stage = iota // no more is asked for
	StageDecoded                // it is being stored
	StageInMemory               // the store is in memory
	StageStored                 // it is on its way to the brokers
	StageSome                   // some brokers have it
	StageDelivered              // each broker has it
	stageEnd
)

var stageWords = [stageEnd]string{"", "decoded", "in_memory", "stored", "some_brokers", "delivered"}

func (s Stage) String() string { return stageWords[min(s, stageEnd-1)] }

// MarshalText writes the stage as a word.
func (s Stage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Since is what happened after the failure of an earlier round.
type Since uint8

const (
	SinceNone   Since = iota
	SinceSilent       // it was not heard again
	SinceNobody       // no receiver listened
	sinceEnd
)

var sinceWords = [sinceEnd]string{"", "not_heard", "not_listened"}

func (s Since) String() string { return sinceWords[min(s, sinceEnd-1)] }

// MarshalText writes it as a word.
func (s Since) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Verdict is the answer for a row: a code, and what it is about. It holds no
// sentences; package words makes them.
type Verdict struct {
	Code     Code          `json:"-"`
	Mark     Mark          `json:"-"`
	Meter    string        `json:"-"` // reference of the meter that the row means
	Line     int           `json:"-"` // of the row, in the list
	Stage    Stage         `json:"stage,omitempty"`
	Late     bool          `json:"late,omitempty"`   // heard only after its read had timed out
	Cached   bool          `json:"cached,omitempty"` // there is a reading from before
	Heard    bool          `json:"heard,omitempty"`  // in this round, but nothing complete
	Since    Since         `json:"since,omitempty"`
	After    time.Duration `json:"after_ns,omitempty"`  // how long the read took
	Away     time.Duration `json:"away_ns,omitempty"`   // how long of it no receiver listened
	Fewer    time.Duration `json:"fewer_ns,omitempty"`  // how long of it at least one receiver did not
	Fits     string        `json:"fits,omitempty"`      // wrong key: the row whose key fits
	FitsLine int           `json:"fits_line,omitempty"` // … its line
	Mutual   bool          `json:"mutual,omitempty"`    // … and this row's key fits that one
	Key      *keys.Clue    `json:"key,omitempty"`       // what is wrong with the row's key
	Near     *Near         `json:"near,omitempty"`      // an unlisted meter that may be this one
	Also     []Near        `json:"also,omitempty"`      // … and others that may be
	Reason   *Reason       `json:"reason,omitempty"`
	Silence  *Silence      `json:"silence,omitempty"` // why it was not heard
	Missing  []string      `json:"missing,omitempty"` // brokers that do not have it yet
	Before   *Verdict      `json:"-"`                 // listening again: what the read before came to
	Alarms   []Alarm       `json:"alarms,omitempty"`
	Remarks  []Remark      `json:"remarks,omitempty"` // what need not be acted on
	Advice   []Advice      `json:"advice,omitempty"`  // what to do next, the most urgent first
}

// Passed reports whether the meter passed the whole chain.
func (v *Verdict) Passed() bool { return v.Code == CodeOK }

// Failed reports whether a step failed for good: receivers still listen, but
// something has to be done.
func (v *Verdict) Failed() bool { return v.Code >= CodeTimedOut }

// codes are the names of the codes, in JSON and as a filter, and their marks.
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
	CodeDamaged:     {"damaged", MarkFailed},
	CodeUndecodable: {"undecodable", MarkFailed},
	CodeNoReading:   {"no reading", MarkFailed},
	CodeTwoMeters:   {"two meters", MarkFailed},
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
	KindDamaged:     CodeDamaged,
	KindUndecodable: CodeUndecodable,
	KindNoReading:   CodeNoReading,
	KindTwoMeters:   CodeTwoMeters,
	KindImplausible: CodeImplausible,
	KindUpload:      CodeRefused,
}

// judge sets the row's chain and verdict from what is known of it. All
// verdicts are made here.
func (r *Row) judge(broker bool) {
	r.present()
	r.Quality = r.limits.Quality(r.Heard.RSSI, r.Loss)
	if !broker && r.Chain[StepDelivered] == StepOpen {
		r.Chain[StepDelivered] = StepNone
	}
	code := r.code()
	v := Verdict{Code: code, Mark: codes[code].mark, Meter: r.meter(), Line: r.Line, Alarms: r.alarms(), Remarks: r.remarks()}
	if len(v.Alarms) > 0 && code.fine() {
		v.Mark = MarkAlarm
	}
	r.aboutKey(&v)
	own := r.particulars(&v)
	if r.shown && r.Read.TimedOut && r.Heard.Count == 0 {
		v.Since = SinceSilent
		if r.Read.Away > 0 {
			v.Since = SinceNobody
		}
	}
	v.Advice = r.advice(&v, own)
	if code := r.slowAdvice(&v); code != AdviceNone {
		v.Advice = append(v.Advice, Advice{Code: code})
	}
	r.Verdict = v
}

// keepVerdict keeps what a failed read came to, for the time of the next one.
func (r *Row) keepVerdict() {
	if !r.Verdict.Failed() {
		return
	}
	was := r.Verdict
	was.Before = nil
	r.again = &was
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
	case r.unheard() && r.Near == nil && r.silent != nil && r.silent.Code == SilenceCalendar:
		return CodeNotJudged
	case r.Read.TimedOut:
		return CodeTimedOut
	}
	return CodeWaiting
}

// particulars sets what the code of the verdict is about, and returns what to
// do about it.
func (r *Row) particulars(v *Verdict) AdviceCode {
	switch v.Code {
	case CodeOK, CodeSending:
		v.Stage, v.Late = r.stage(v.Code), r.Read.Late
		if v.Stage == StageSome {
			v.Missing = r.Missing
		}
	case CodeListening:
		v.Heard, v.Before = r.Heard.Count > 0, r.again
		if r.open != nil {
			v.Reason = &r.open.Reason
		}
	case CodeNotJudged:
		v.Cached, v.Away, v.After = r.Cached != nil, r.Read.Away, r.Read.After
		if v.Away > 0 {
			return AdviceCheckReceiver
		}
		v.Silence = r.silent
		return AdviceComeBack
	case CodeTimedOut:
		v.Cached, v.Heard, v.After, v.Fewer, v.Near, v.Also = r.Cached != nil, r.Heard.Count > 0, r.Read.After, r.Read.Fewer, r.Near, r.Also
		if r.unheard() {
			v.Silence = r.silent
		}
		return r.timeoutAdvice()
	case CodeNoKey, CodeWrongKey:
		if r.Near != nil && r.Near.KeyFits && !r.Clue.Opens() { // the number is wrong, not the key
			v.Near = r.Near
			return AdviceCorrectID
		}
		return r.keyAdvice()
	case CodeDamaged:
		v.Reason = &r.Failure.Reason
		return r.damageAdvice()
	case CodeUndecodable:
		v.Reason = &r.Failure.Reason
		return AdviceKeepTelegram
	case CodeNoReading:
		v.Reason = &r.Failure.Reason
		return AdviceAwaitReading
	case CodeTwoMeters:
		v.Reason = &r.Failure.Reason
		return AdviceTellApart
	case CodeImplausible:
		v.Reason = &r.Failure.Reason
		return doubtAdvice[v.Reason.Code]
	case CodeRefused:
		v.Reason = &r.Failure.Reason
		return AdviceAskBroker
	}
	return AdviceNone
}

// stage is where the reading of a row that passed is.
func (r *Row) stage(code Code) Stage {
	switch {
	case code == CodeSending && len(r.Missing) > 0:
		return StageSome
	case code == CodeSending && r.stored:
		return StageStored
	case code == CodeSending && r.unkept:
		return StageInMemory
	case code == CodeSending:
		return StageDecoded
	case r.Chain[StepDelivered] == StepDone:
		return StageDelivered
	}
	return StageNone
}

// damageAdvice is what to do about a meter whose telegrams are damaged.
func (r *Row) damageAdvice() AdviceCode {
	switch r.Failure.Reason.Code {
	case ReasonCut:
		return AdviceReceiverCuts
	case ReasonCutCUL:
		return AdviceCULCuts
	case ReasonOneTelegram:
		return AdviceSecondTelegram
	case ReasonPart:
		return AdviceCut
	}
	switch {
	case r.air.cutOff():
		return AdviceCut
	case r.disturbed():
		return AdviceInterference
	}
	return AdviceNextTelegram
}

// doubtAdvice is what to do about a reading that is implausible.
var doubtAdvice = [reasonEnd]AdviceCode{
	ReasonBelowZero: AdviceCompareDisplay, ReasonOutOfRange: AdviceSensor, ReasonBackwards: AdviceCompareDisplay, ReasonJump: AdviceCompareDisplay,
	ReasonZero: AdviceCounts, ReasonUnit: AdviceUnit, ReasonTwinUnits: AdviceUnit, ReasonText: AdviceCompareDisplay,
}

// slowAdvice is what may be done about a silent row instead of what is most likely
// the matter.
func (r *Row) slowAdvice(v *Verdict) AdviceCode {
	if v.Silence != nil && v.Silence.Slow > 0 && len(v.Advice) > 0 && v.Advice[len(v.Advice)-1].Code == AdviceLookAtMeter {
		return AdviceWaitSlow
	}
	return AdviceNone
}

func (r *Row) timeoutAdvice() AdviceCode {
	switch {
	case r.Near != nil && r.Near.KeyFits:
		return AdviceCorrectID
	case r.Near != nil:
		return AdviceCompareID
	case r.Heard.Count > 0:
		return AdviceListenLonger
	case r.Read.Fewer > 0:
		return AdviceReceiverAway
	case r.silent != nil:
		return silenceAdvice[r.silent.Code]
	}
	return AdviceGoNearer
}

// silenceAdvice is what to do about a meter that was not heard.
var silenceAdvice = [silenceEnd]AdviceCode{
	SilenceUnknown: AdviceGoNearer, SilenceEarly: AdviceWait, SilenceCalendar: AdviceComeBack, SilenceNothing: AdviceNothingHeard,
	SilenceNobody: AdviceOtherSite, SilenceMode: AdviceOtherMode, SilenceWeak: AdviceWeakFloor, SilenceOff: AdviceLookAtMeter,
}
