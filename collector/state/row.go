package state

import (
	"slices"
	"time"

	"earshot/collector/keys"
	"earshot/collector/reading"
	"earshot/collector/silence"
	"earshot/collector/site"
	"earshot/device"
	"earshot/device/wmbus"
)

// Step is a step of the verdict chain that each expected meter climbs.
type Step uint8

const (
	StepHeard Step = iota
	StepDecrypted
	StepDecoded
	StepPlausible
	StepDelivered
	Steps // how many there are
)

var stepWords = [Steps]string{"heard", "decrypted", "decoded", "plausible", "delivered"}

func (s Step) String() string { return stepWords[min(s, Steps-1)] }

// StepState is what is known of one step.
type StepState uint8

const (
	StepOpen   StepState = iota // not reached yet
	StepDone                    // passed
	StepFailed                  // the headline of the row
	StepNone                    // not asked for: no broker was named
)

// Chain is the state of every step.
type Chain [Steps]StepState

// Row is one expected meter and all that is known of it. Rows that were handed
// out in a Snapshot do not change any more.
type Row struct {
	Ref     string          // the row's key, unique in the site: "KAM-76348799"
	Version uint64          // raised with each change of the row
	Line    int             // line in the list
	ID      wmbus.ID        // as listed
	Place   site.Place      // where the list says it is
	Medium  string          // on air once heard, as listed before
	Maker   string          // manufacturer, "" while unknown
	Mode    device.LinkMode // it was last heard in, this time or before; "" while unknown
	HasKey  bool            // the list has a key for it
	// Unencrypted says that its last telegram was in clear: there was nothing to decrypt.
	Unencrypted bool
	again       *Verdict         // that of the read before, while the meter is read again
	Listed      string           // the list's note
	Notes       []Note           // the installer's
	Chain       Chain            // how far it got
	Verdict     Verdict          // what that means
	Reading     *reading.Reading // the last one of this campaign
	Cached      *reading.Reading // the last one before it
	Failure     *RowFailure      // why the chain stopped, nil when it did not
	Near        *Near            // the unlisted meter that is most likely this one
	Also        []Near           // … and others that may be
	Clue        keys.Clue        // what is wrong with its key in the list
	Proof       []Frame          // … the telegrams that prove it
	KeyFound    bool             // the installer says that the key is used which Clue leads to
	// Entered is the fingerprint of the key that the installer typed for it in this
	// campaign, "" for none. The log and the state never hold a key.
	Entered     string
	Displayed   *Displayed    // what its display showed, nil if nobody has said
	Unreachable *Note         // why nobody could get to it, nil if nobody has said; Text may be one of ReasonsUnreachable
	Patience    time.Duration // how long its reads wait by the installer's wish, 0 if they wait as usual
	deeds       []deed        // the installer's actions that can be undone, the last one last
	// Correction is the meter that the installer says this row means: its
	// manufacturer and ID. nil if the list is right.
	Correction *wmbus.Address
	offered    *Near        // what Near was then
	Heard      HeardSummary // of this campaign
	Quality    Quality      // how well it is received
	Loss       int          // how many per cent of its telegrams were not received; negative if not known
	Recent     []Telegram   // the last few, oldest first
	Read       ReadState
	Missing    []string // brokers that do not have it yet, when others do

	arrived []string         // brokers that have a reading of this round
	stored  bool             // a reading of this round is committed
	unkept  bool             // … in memory, if there is no store on a disk
	unsent  bool             // the last reading came while no broker was named: it is for none
	sound   *reading.Reading // the plausible reading of this campaign, or from before it, that the next is compared with
	placed  bool             // a broker has it, or one of the same round

	Plain     int             // telegrams that the key did not open, nor needed to: anybody may have sent them
	public    bool            // … of which a public key opened one
	open      *RowFailure     // what the telegrams of this read came to, see answer.go
	held      *Telegram       // … and which of them may be the answer for want of a better one
	heldDoubt reading.Doubt   // … and what speaks against it
	doubt     []byte          // the first telegram of this read that says that the key is wrong
	said      wmbus.StatusSet // by telegrams without a reading since the last that had one
	folded    Fold            // what became of the last reading
	senders   []sender        // the devices that send with this number, see sender.go
	from      int             // which of them sent the last telegram, -1 if that is of no account
	foreign   bool            // … it is not the row's meter
	proved    bool            // the key opened a telegram in this campaign
	pairs     []Near          // unlisted meters that are alike, the likeliest first
	better    string          // an unlisted meter of its make that is received far better, "" for none
	mutual    bool            // it has the key of the row that Clue names, and that one has its
	now       int             // which of Recent the last event was about, -1 for none
	wants     string          // the medium, as listed

	imprint  string       // what it shows, if that says enough to tell meters apart
	twin     twin         // another row with the same imprint
	suspects []Alarm      // what is unlikely in its reading
	pardoned []AlarmCode  // what the installer has accepted
	accepted []ReasonCode // … of readings that were implausible
	waived   *Reason      // … the last of them

	limits Limits   // of the signal
	air    arrivals // how the telegrams of this round arrived

	before *RowFailure // why the chain stopped in an earlier round, until a telegram says otherwise; see present
	shown  bool        // Chain and Failure are those of the earlier round
	hidden Chain       // … and this is the round's own

	rhythm silence.Rhythm // of its telegrams
	taught bool           // … and the last event was one of them
	since  time.Time      // it has been silent since then, by the time on the air; zero: all the time
	silent *Silence       // why it was not heard when its read had had its time

	epoch  uint64 // Snapshot epoch in which this copy was made
	shared bool   // … and a Snapshot has the same Recent and Heard.By
}

// HeardSummary counts the telegrams of a meter.
type HeardSummary struct {
	Count       int
	First, Last time.Time
	Address     wmbus.Address // on the air
	Receiver    string        // the one that hears it best
	RSSI        RSSIStat      // … and how well
	By          []HeardBy     // every receiver, in the order in which they first heard it
}

// HeardBy is how one receiver hears a meter.
type HeardBy struct {
	Receiver string
	Count    int
	RSSI     RSSIStat
}

// by adds a telegram that a receiver heard.
func (h *HeardSummary) by(receiver string, rssi device.RSSI) {
	by := h.By
	i := slices.IndexFunc(by, func(b HeardBy) bool { return b.Receiver == receiver })
	if i < 0 && len(by) >= maxPeers {
		return
	}
	if i < 0 {
		i = len(by)
		by = append(by, HeardBy{Receiver: receiver})
	}
	by[i].Count++
	by[i].RSSI.add(rssi)
	h.By = by
	best := 0
	for j := range by {
		if by[j].RSSI.louder(by[best].RSSI) {
			best = j
		}
	}
	h.Receiver, h.RSSI = by[best].Receiver, by[best].RSSI
}

// Telegram is one telegram as it was heard.
type Telegram struct {
	Time time.Time
	Reception
	Outcome Outcome // the result
}

// Frame is the telegram as its receiver handed it over.
func (t *Telegram) Frame() device.Frame {
	return device.Frame{Time: t.Time, AirTime: t.AirTime, Receiver: t.Receiver, Mode: t.Mode, RSSI: t.RSSI, Bytes: t.Bytes}
}

// RowFailure is the step that failed, and why.
type RowFailure struct {
	Time   time.Time
	Kind   Kind
	Reason Reason
}

// Near is an unlisted meter that may be a row's.
type Near struct {
	Address wmbus.Address
	Why     site.Likeness
	KeyFits bool // the row's key opens its telegrams
}

// ReadState is the state of a row's read.
type ReadState struct {
	Round    int
	Active   bool
	Started  time.Time
	Until    time.Time
	TimedOut bool
	After    time.Duration // how long the read that timed out took
	Away     time.Duration // … and how long of it no receiver listened
	Fewer    time.Duration // … and how long at least one receiver did not
	Late     bool          // heard only after its read had timed out
}

// Note is something the installer wrote.
type Note struct {
	Time time.Time
	Text string
}

// Shown returns the reading to show: this campaign's, or the cached one.
// cached says which.
func (r *Row) Shown() (reading *reading.Reading, cached bool) {
	if r.Reading != nil {
		return r.Reading, false
	}
	return r.Cached, r.Cached != nil
}

// recentTelegrams is how many telegrams a row remembers.
const recentTelegrams = 8

func (r *Row) remember(t Telegram) {
	if n := len(r.Recent); n == recentTelegrams {
		copy(r.Recent, r.Recent[1:])
		r.Recent = r.Recent[:n-1]
	}
	r.now = len(r.Recent)
	r.Recent = append(r.Recent, t)
}

// own copies what the row shares with a Snapshot, so that it can be changed.
func (r *Row) own() {
	if r.shared {
		r.Recent, r.Heard.By = slices.Clone(r.Recent), slices.Clone(r.Heard.By)
		r.shared = false
	}
}

// outcome sets the result of the telegram that the last event was about.
func (r *Row) outcome(o Outcome) {
	if r.now >= 0 && r.now < len(r.Recent) {
		r.own()
		r.Recent[r.now].Outcome = o
	}
}

// Doubted reports whether the last reading was implausible.
func (r *Row) Doubted() bool { return r.Failure != nil && r.Failure.Kind == KindImplausible }

// Open reports whether a meter has no answer yet, not even one that failed
// for a reason that another telegram would not change.
func (r *Row) Open() bool {
	waits := r.Failure == nil || r.Failure.Kind == KindNoReading || r.Failure.Kind == KindDamaged
	return waits && !r.Verdict.Passed() && r.Verdict.Code != CodeSending
}

func (r *Row) cached(reading *reading.Reading) {
	r.Cached = reading
	if r.Mode == "" {
		r.Mode = reading.Mode
	}
}

func (r *Row) heardAlso(ev HeardAlso) {
	r.own()
	r.Heard.by(ev.Receiver, ev.RSSI)
}

func (r *Row) heard(ev Heard) {
	r.own()
	if ev.Kept {
		r.recall(ev)
		r.recognise(ev.Address)
		return
	}
	h := &r.Heard
	if h.Count == 0 {
		h.First = ev.Time
	}
	h.Count++
	h.Last, h.Address = ev.Time, ev.Address
	h.by(ev.Receiver, ev.RSSI)
	if ev.Mode != "" {
		r.Mode = ev.Mode
	}
	r.air.add(ev)
	r.recognise(ev.Address)
	if !r.foreign {
		r.rhythm.Add(ev.AirTime, ev.Access, ev.HasAccess)
		r.taught, r.since = true, ev.AirTime
		r.Maker = ev.Address.Manufacturer.String()
		r.Medium = ev.Address.Medium()
	}
	r.Chain[StepHeard] = StepDone
	r.remember(Telegram{Time: ev.Time, Reception: ev.Reception})
	if r.Read.TimedOut {
		r.Read.Late = true
	}
}

func (r *Row) fail(step Step, at At, kind Kind, reason Reason) {
	for i := range step {
		r.Chain[i] = StepDone
	}
	r.Chain[step] = StepFailed
	r.Failure, r.before = &RowFailure{Time: at.Time, Kind: kind, Reason: reason}, nil
	r.Read.Active = false
	r.beginRead()
	r.outcome(Outcome{Kind: kind})
}

func (r *Row) timedOut(ev TimedOut) {
	r.Read.Active = false
	r.Read.TimedOut = true
	r.Read.After, r.Read.Away, r.Read.Fewer = ev.After, ev.Away, ev.Fewer
}
