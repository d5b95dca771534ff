package reading

import (
	"slices"
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

// Reading is the content of one telegram of a meter, in the quantities and
// units of device/wmbus. It is immutable.
type Reading struct {
	Time time.Time // when it was received
	// AirTime is when it was on the air, by the clock of the recording or of
	// the gateway; zero if that is Time or not known.
	AirTime time.Time
	Mode    device.LinkMode // link mode it was heard in, "" if not known
	Medium  string          // as wmbus.Address.Medium writes it
	Status  wmbus.StatusSet
	Records []Record
	// Skew is how far the meter's clock is ahead of ours; nil if the telegram has
	// no date and time, or it is not known when it was on the air.
	Skew *time.Duration
	// Partial is why the telegram could not be decoded completely, "" if it was.
	Partial string
	// Doubt is why nothing proves that it is the meter's own.
	Doubt Doubt
	// StoredOnly says that the meter's family sends telegrams with stored values
	// only, and that this is one: the latest of them is the reading.
	StoredOnly bool
}

// Doubt says why a reading proves nothing, though the list has a key for its
// meter.
type Doubt uint8

const (
	DoubtNone   Doubt = iota // opened with the key, or the list has none
	DoubtPlain               // the telegram was not encrypted
	DoubtPublic              // a key opened it that the maker gave to everybody, and not that of the list
	doubtEnd
)

var doubtWords = [doubtEnd]string{DoubtPlain: "not_encrypted", DoubtPublic: "public_key"}

// String is a short word, "" for DoubtNone.
func (d Doubt) String() string { return doubtWords[min(d, doubtEnd-1)] }

// Record is one value of a reading.
type Record struct {
	Value      wmbus.Value
	Quantity   wmbus.Quantity
	Of         wmbus.Quantity // for quantities such as LimitExceedCount: of which quantity; else Unknown
	Unit       wmbus.Unit
	Function   wmbus.Function
	Per        wmbus.Per
	Subunit    uint16
	Tariff     uint32
	Storage    uint64
	Qualifiers wmbus.Qualifiers
	Role       wmbus.RecordRole // what the numbers above are for
	Index      uint16           // of records that differ in nothing else, from 1 on
	From, Date wmbus.Day        // when a stored value was; beginning and end of a difference
}

// Sample is what one telegram of a meter said.
type Sample struct {
	Time     time.Time // when it was on the air, as far as that is known
	Receiver string
	RSSI     device.RSSI
	Value    Record // the main register; without a value if the telegram had none
}

// New copies the content of a telegram; frame is the received frame.
func New(t *wmbus.Telegram, frame device.Frame) *Reading {
	r := &Reading{
		Time: frame.Time, Mode: frame.Mode, Medium: t.Header.Meter.Medium(), Status: t.Status,
		Records: make([]Record, len(t.Records)),
	}
	for i := range t.Records {
		in := &t.Records[i]
		r.Records[i] = Record{
			Value: in.Value.Clone(), Quantity: in.Quantity, Of: in.Of, Unit: in.Unit, Function: in.Function, Per: in.Per,
			Subunit: in.Subunit, Tariff: in.Tariff, Storage: in.Storage, Qualifiers: in.Qualifiers,
			Role: in.Role, Index: in.Index, From: in.From, Date: in.Date,
		}
	}
	r.StoredOnly = sendsStoredOnly(t.Header.Meter.Manufacturer) && r.current() < 0 && r.stored() >= 0
	r.lookAtSensors(t)
	if t.Err != nil && (t.Err.Kind != wmbus.ErrLength || t.Cut()) { // surplus data does not make it partial
		r.Partial = t.Err.Error()
	}
	if !frame.AirTime.IsZero() {
		r.Skew = clockSkew(t, frame.AirTime)
		if !frame.AirTime.Equal(frame.Time) {
			r.AirTime = frame.AirTime
		}
	}
	return r
}

// clockSkew is how far the meter's clock is ahead of the time at which its
// telegram was on the air; nil if it does not send its time.
func clockSkew(t *wmbus.Telegram, air time.Time) *time.Duration {
	i := slices.IndexFunc(t.Records, func(r wmbus.Record) bool {
		return r.Quantity == wmbus.DateTimeQuantity && r.Current() && r.Value.Valid()
	})
	if i < 0 {
		return nil
	}
	clock, ok := t.Records[i].Value.Time(air.Location())
	if !ok {
		return nil
	}
	skew := clock.Sub(air)
	return &skew
}

// Sent is when the meter sent it, as far as that is known, but never later
// than it was received, whatever a recording says.
func (r *Reading) Sent() time.Time {
	if r.Old() {
		return r.AirTime
	}
	return r.Time
}

// Old reports whether the reading was received later than it was sent.
func (r *Reading) Old() bool { return !r.AirTime.IsZero() && r.AirTime.Before(r.Time) }

// Number returns a numeric value; ok is false for texts, dates and missing values.
func (r *Record) Number() (n float64, ok bool) { return r.Value.Float64() }

// String returns the value without its unit; "—" if there is none.
func (r *Record) String() string {
	if !r.Value.Valid() {
		return "—"
	}
	return r.Value.String()
}

// Text returns the value with its unit: "6.408 m³".
func (r *Record) Text() string {
	if r.Unit == wmbus.UnitNone {
		return r.String()
	}
	return r.String() + " " + r.Unit.String()
}

// Plain reports whether it is an unqualified value of the main register: no
// tariff, no subunit.
func (r *Record) Plain() bool {
	return r.Tariff == 0 && r.Subunit == 0 && r.Qualifiers == 0 && r.Per == wmbus.PerNothing
}

// Current reports whether it is the present value of the main register.
func (r *Record) Current() bool {
	return r.Function == wmbus.Instantaneous && r.Storage == 0 && r.Plain()
}
