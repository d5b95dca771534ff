package evidence

import (
	"slices"
	"time"

	"earshot/collector/reading"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wmbus"
)

// Bounds of what is kept of a meter.
const (
	maxWays      = 8  // in which its telegrams are secured
	maxReceivers = 32 // that hear it
	maxStored    = 96 // values of the past: more than any known family sends
)

// Source is the telegram that shows something.
type Source struct {
	Time     time.Time `json:"time"`  // when it was received
	Entry    int64     `json:"entry"` // its place in the log
	Receiver string    `json:"receiver,omitempty"`
}

// None reports whether there is no telegram.
func (s Source) None() bool { return s.Entry == 0 && s.Time.IsZero() }

// Way is how telegrams of a meter are secured and laid out.
type Way struct {
	Mode   wmbus.SecurityMode
	Result wmbus.SecurityResult // NotEncrypted, SecurityOK or CannotTell
	Own    bool                 // in the maker's own layout, not in records of EN 13757-3
	Link   device.LinkMode      // "" if not known
	Source Source               // the last one
}

// Value is a value of the main register.
type Value struct {
	Quantity wmbus.Quantity
	Unit     wmbus.Unit
	Value    wmbus.Value
	Role     wmbus.RecordRole
	From     string // of a difference: its first day, "2006-01-02"
	Index    uint16 // of values without a day that differ in nothing else
	Day      string // when a stored value was, or the last day of a difference; "" if not known
	Disputed bool   // another telegram had another value for that day
	Source   Source
}

// Meter is what the telegrams of one row of the list show.
type Meter struct {
	Heard       int // telegrams, without those that are in the log for a second time
	First, Last Source
	By          []Source      // the last telegram of each receiver, in the order in which they first heard it
	Shortest    time.Duration // between two telegrams that follow each other; 0 if it is not known
	ShortestBy  Source        // … the second of them

	Ways    []Way  // of telegrams that count, in the order in which they came
	NoKey   Source // the last that is encrypted, if the list has no key
	Refused Source // the last that the list's key does not open
	Public  Source // the last that a key opened which its maker published
	Plain   Source // the last in clear, though the list has a key: anybody may have sent it

	Readings int    // telegrams with a reading that count
	Whole    int    // … of them were read to their end
	Bare     Source // the last whole one without a present value of the main register
	Partly   Source // the last one that was not read to its end
	Main     Value  // the last present value of the main register; Source.None if there is none
	Latest   Value  // … or the latest stored one, of meters that send nothing else
	Stored   []Value
	More     bool // there were more stored values than are kept

	Skew     *time.Duration // how far its clock is ahead; nil: it does not send it
	SkewBy   Source
	Status   wmbus.StatusSet // of the last reading
	StatusBy Source
	Battery  Value // what it says of the life that is left

	lastAir time.Time
	next    int // in Stored: where the next stored value of the telegram is likely to be
}

// Log collects the evidence of a campaign.
type Log struct {
	keyed  []bool // rows whose key the list has
	meters []Meter
}

// New returns a log for the rows of a list; keyed says which of them have a key.
func New(keyed []bool) *Log { return &Log{keyed: keyed, meters: make([]Meter, len(keyed))} }

// Meters are the rows' evidence, in the order of the list.
func (l *Log) Meters() []Meter { return l.meters }

// See takes a telegram of a row; it is a collector.Watcher. r is nil if the telegram
// has no reading.
func (l *Log) See(row int, e *store.Telegram, t *wmbus.Telegram, r *reading.Reading) {
	if row < 0 || row >= len(l.meters) {
		return
	}
	m, by := &l.meters[row], Source{Time: e.Time.In(time.FixedZone("", e.Zone)), Entry: e.Seq, Receiver: e.Receiver}
	if !e.Fate.Repeats() {
		m.arrive(e, by)
	}
	switch result := t.Security.Result; {
	case result == wmbus.NoKey:
		m.NoKey = by
		return
	case result == wmbus.WrongKey, result == wmbus.MACWrong:
		m.Refused = by
		return
	case !result.Readable():
		return
	}
	switch {
	case t.Notes&wmbus.NoteOtherKey != 0, r != nil && r.Doubt == reading.DoubtPublic:
		m.Public = by
		return
	case l.keyed[row] && t.Security.Result == wmbus.NotEncrypted:
		m.Plain = by
		return
	}
	if t.Substance() > wmbus.SignOfLife {
		m.way(Way{Mode: t.Security.Mode, Result: t.Security.Result, Own: t.Own, Link: e.Mode, Source: by})
	}
	if r != nil {
		m.read(r, by)
	}
}

// arrive counts a telegram.
func (m *Meter) arrive(e *store.Telegram, by Source) {
	if m.Heard == 0 {
		m.First = by
	}
	m.Heard++
	m.Last = by
	if i := slices.IndexFunc(m.By, func(s Source) bool { return s.Receiver == by.Receiver }); i >= 0 {
		m.By[i] = by
	} else if len(m.By) < maxReceivers {
		m.By = append(m.By, by)
	}
	if e.AirTime.IsZero() {
		return
	}
	// Within a second it is the same telegram, repeated or heard by another receiver.
	if gap := e.AirTime.Sub(m.lastAir); !m.lastAir.IsZero() && gap >= time.Second && (m.Shortest == 0 || gap < m.Shortest) {
		m.Shortest, m.ShortestBy = gap, by
	}
	m.lastAir = e.AirTime
}

// way keeps how a telegram was secured.
func (m *Meter) way(w Way) {
	same := func(o Way) bool {
		return o.Mode == w.Mode && o.Result == w.Result && o.Own == w.Own && o.Link == w.Link
	}
	if i := slices.IndexFunc(m.Ways, same); i >= 0 {
		m.Ways[i].Source = w.Source
	} else if len(m.Ways) < maxWays {
		m.Ways = append(m.Ways, w)
	}
}

// read keeps what a reading says.
func (m *Meter) read(r *reading.Reading, by Source) {
	m.Readings++
	main, ok := r.Main()
	switch {
	case r.Partial != "":
		m.Partly = by
	case ok && !r.StoredOnly:
		m.Whole++
	default:
		m.Whole++
		m.Bare = by
	}
	if ok && r.StoredOnly {
		m.Latest = valueOf(&main, by)
		m.Latest.Day, _ = r.DateOf(&main)
	} else if ok {
		m.Main = valueOf(&main, by)
	}
	for v, day := range r.Past() {
		m.store(v, day, by)
	}
	if r.Skew != nil {
		m.Skew, m.SkewBy = r.Skew, by
	}
	m.Status, m.StatusBy = r.Status, by
	i := slices.IndexFunc(r.Records, func(v reading.Record) bool { return v.Quantity == wmbus.BatteryLife && v.Value.Valid() })
	if i >= 0 {
		m.Battery = valueOf(&r.Records[i], by)
	}
}

func valueOf(v *reading.Record, by Source) Value {
	return Value{Quantity: v.Quantity, Unit: v.Unit, Value: v.Value, Role: v.Role, Index: v.Index, Source: by}
}

// store keeps a stored value: the last one that was sent for a day.
func (m *Meter) store(v *reading.Record, day string, by Source) {
	now := valueOf(v, by)
	now.Day = day
	if v.Role == wmbus.RoleDifference {
		now.From, now.Day = v.FromTo()
	}
	if v.Role == wmbus.RoleNone && day == "" {
		return // a storage number alone says nothing
	}
	i := m.find(&now)
	switch {
	case i >= 0:
		old := &m.Stored[i]
		now.Disputed = old.Disputed || now.Day != "" && !equal(old.Value, now.Value)
		m.Stored[i], m.next = now, i+1
	case len(m.Stored) < maxStored:
		m.Stored = append(m.Stored, now)
	default:
		m.More = true
	}
}

// find looks for the value of the same day, -1 for none. Telegrams have the same
// order most of the time.
func (m *Meter) find(v *Value) int {
	same := func(o *Value) bool {
		return o.Day == v.Day && (v.Day != "" || o.Index == v.Index) && o.From == v.From && o.Role == v.Role && o.Quantity == v.Quantity && o.Unit == v.Unit
	}
	if m.next >= len(m.Stored) {
		m.next = 0
	}
	if m.next < len(m.Stored) && same(&m.Stored[m.next]) {
		return m.next
	}
	return slices.IndexFunc(m.Stored, func(o Value) bool { return same(&o) })
}

// equal reports whether two numbers are the same, however many digits they have.
func equal(a, b wmbus.Value) bool {
	x, known := a.Float64()
	y, knownToo := b.Float64()
	return known && knownToo && x == y
}
