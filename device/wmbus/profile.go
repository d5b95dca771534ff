package wmbus

import (
	"math"
	"slices"
)

// profile is how the slots of a compact profile are laid out: its control and
// spacing bytes, and its direction. The base value of an inverse profile is the
// newest point and the slots go back in time. That of the two others is the
// oldest and the slots go forward (docs/protocol/records.md#compact-profile).
type profile struct {
	slot    byte // DIF nibble of the values
	unit    byte // of the spacing: seconds, minutes, hours, days; or months
	mode    byte
	spacing byte
	inverse bool
}

// What each slot holds.
const (
	profileAbsolute = iota
	profileIncrements
	profileDecrements
	profileDifferences
)

// profileBase is the point that a profile starts from. A meter that sends no
// date with the value may send its age instead.
type profileBase struct {
	value, date, age Value
	ageUnit          Unit
}

// missing reports whether nothing says when the base value was.
func (b *profileBase) missing() bool { return b.date.kind == NoValue && b.age.kind == NoValue }

// isSet reports whether b belongs to a slot with a value.
func isSet(b byte) bool { return b != 0xFF }

// expandProfiles appends the values of compact profiles as records of their
// own: the n-th slot gets the storage number n after that of the base, with a
// record of its date if the base has one and the spacing is one of time.
func (t *Telegram) expandProfiles() {
	for i, n := 0, len(t.Records); i < n; i++ {
		if r := &t.Records[i]; r.Qualifiers&profiles != 0 && r.Value.kind == BytesValue {
			t.expandProfile(i, n)
		}
	}
}

// expandProfile expands the record at one place; sent is how many records the
// meter sent.
func (t *Telegram) expandProfile(at, sent int) {
	r := t.Records[at]
	raw := r.Value.text
	if len(raw) < 2 {
		return
	}
	p := profile{
		slot: raw[0] & 15, unit: raw[0] >> 4 & 3, mode: raw[0] >> 6, spacing: raw[1],
		inverse: r.Qualifiers.Has(InverseProfile),
	}
	size := dataLength[p.slot]
	if size == 0 || p.slot == difVariable {
		return
	}
	var h recordHeader
	if h.read(r.bytes, 0, t.Header.Meter.Kind()) != nil {
		return
	}
	h.qualifiers &^= profiles
	h.data = p.slot
	base := t.profileBase(&r, sent)
	slots := raw[2:]
	if (base.missing() || p.mode != profileAbsolute && base.value.kind != NumberValue) && slices.ContainsFunc(slots, isSet) {
		t.Notes |= NoteProfileBase
	}
	for i := range min(len(slots)/size, maxRecords-len(t.Records)) {
		from := i * size
		slot := slots[from : from+size]
		value, ok := t.profileValue(&h, &p, slot, &base.value)
		if !ok {
			return
		}
		t.addDerived(&r, value, slot, len(r.bytes)-len(slots)+from, uint64(i)+1)
		t.addProfileTime(&r, &p, &base, i+1)
	}
}

// profileBase finds the point that r starts from among the first n records: the
// value of the same kind with the same storage number, whatever its type and
// scale, and its date.
func (t *Telegram) profileBase(r *Record, n int) (base profileBase) {
	for i := range n {
		b := &t.Records[i]
		if b.Storage != r.Storage || b.Subunit != r.Subunit || b.Function != r.Function {
			continue
		}
		switch {
		case b.Quantity == r.Quantity && b.profileBaseOf(r):
			base.value = b.Value
		case b.Qualifiers != 0:
		case b.Quantity == DateQuantity || b.Quantity == DateTimeQuantity:
			base.date = b.Value
		case b.Quantity == ActualityDuration:
			base.age, base.ageUnit = b.Value, b.Unit
		}
	}
	return base
}

// profileBaseOf reports whether r is of the same kind as the profile p. A profile
// of the backward volume does not start from the volume.
func (r *Record) profileBaseOf(p *Record) bool {
	return r.Tariff == p.Tariff && r.Of == p.Of && r.Unit == p.Unit && r.Per == p.Per && r.Qualifiers == p.Qualifiers&^profiles &&
		(r.Qualifiers&MakerVIFE == 0 || string(r.makerCode()) == string(p.makerCode()))
}

// profileValue decodes one slot; base is the value of the slot before, and
// becomes this one. A slot of all FF has no value; a row of increments stops
// there.
func (t *Telegram) profileValue(h *recordHeader, p *profile, slot []byte, base *Value) (v Value, ok bool) {
	empty := !slices.ContainsFunc(slot, isSet)
	if p.mode == profileAbsolute {
		if empty {
			return Value{}, true
		}
		t.value(&v, h, slot)
		return v, true
	}
	var step Value
	t.value(&step, h, slot)
	if empty || step.kind != NumberValue || base.kind != NumberValue || step.n == math.MinInt64 {
		return Value{}, false
	}
	if p.inverse != (p.mode == profileDecrements) { // the value before was smaller by the increment
		step.n = -step.n
	}
	*base = base.plus(step)
	return *base, true
}

// addDerived adds the value of a slot that begins that many bytes behind the record's
// beginning.
func (t *Telegram) addDerived(of *Record, value Value, slot []byte, at int, n uint64) {
	r := t.newRecord()
	*r = *of
	r.Storage, r.Value = of.Storage+n, value
	r.Qualifiers = of.Qualifiers&^profiles | Derived
	r.Offset, r.bytes, r.valueAt = of.Offset+at, slot, 0
	t.has.note(r)
}

// addProfileTime adds when the n-th value was, as the base says it: a date, or
// an age.
func (t *Telegram) addProfileTime(of *Record, p *profile, base *profileBase, n int) {
	steps := n
	if p.inverse {
		steps = -n
	}
	unit, interval, ok := p.interval()
	if when := p.later(base.date, steps); when.Valid() {
		t.addProfileDate(of, when, uint64(n)).Role = roleOfStep(when, unit, interval)
		return
	}
	age, exp, known := base.age.Decimal()
	if !ok || !known || exp != 0 || unit == UnitMonth || age < 0 || age > math.MaxInt32 {
		return
	}
	seconds := age*unitSeconds(base.ageUnit) - int64(steps*interval)*unitSeconds(unit)
	if seconds >= 0 {
		t.addProfileRecord(of, ActualityDuration, Decimal(seconds, 0), UnitSecond, uint64(n))
	}
}

// roleOfStep is the role of a value in a row with one step between two: each month or,
// with no unit, each half month.
func roleOfStep(date Value, unit Unit, steps int) RecordRole {
	m, _ := date.Moment()
	ends := m.Day == daysIn(m.Year, m.Month)
	switch {
	case unit == UnitNone && (ends || m.Day == 15):
		return RoleHalfMonth
	case unit == UnitMonth && steps == 1 && ends:
		return RoleMonthEnd
	case unit == UnitMonth && steps == 1 && m.Day == 1:
		return RoleMonthStart
	}
	return RoleNone
}

func (t *Telegram) addProfileDate(of *Record, date Value, n uint64) *Record {
	quantity := DateQuantity
	if date.kind == DateTimeValue {
		quantity = DateTimeQuantity
	}
	return t.addProfileRecord(of, quantity, date, UnitNone, n)
}

func (t *Telegram) addProfileRecord(of *Record, quantity Quantity, value Value, unit Unit, n uint64) *Record {
	r := t.newRecord()
	*r = Record{
		Value: value, Quantity: quantity, Unit: unit, Function: of.Function, Subunit: of.Subunit, Tariff: of.Tariff,
		Storage: of.Storage + n, Qualifiers: Derived, Offset: of.Offset,
	}
	t.has.note(r)
	return r
}

// The special spacings (docs/protocol/records.md#compact-profile).
const (
	spacingNone      = 0
	spacingLast      = 250
	spacingHalfMonth = 253
	spacingMonths    = 254
)

// interval is the time between two slots; ok is false if there is none, or it is
// half a month.
func (p *profile) interval() (unit Unit, n int, ok bool) {
	switch {
	case p.spacing == spacingNone:
	case p.spacing <= spacingLast:
		return secondsToDays[p.unit], int(p.spacing), true
	case p.spacing == spacingMonths && p.unit > 0:
		return UnitMonth, [...]int{0, 6, 3, 1}[p.unit], true
	}
	return UnitNone, 0, false
}

// later is the moment n slots after date, before it for n below 0; no value
// if it is unknown.
func (p *profile) later(date Value, n int) Value {
	if p.spacing == spacingHalfMonth && p.unit == 3 {
		return date.halfMonthsLater(n)
	}
	if unit, interval, ok := p.interval(); ok {
		return date.later(unit, interval*n)
	}
	return Value{}
}

// dateStorages adds the dates of consecutive storage numbers if the meter sends the
// date of the first and the interval between them
// (VIF FD 24 to 29), and no others: each further storage number is one
// interval older (docs/protocol/records.md#storage-interval).
func (t *Telegram) dateStorages() {
	for i := range t.Records {
		if r := &t.Records[i]; r.Quantity != StorageInterval || r.Qualifiers != 0 {
			continue
		}
		r := t.Records[i] // dateRow adds records, which may move them
		interval, _, ok := r.Value.Decimal()
		date := t.profileBase(&r, len(t.Records)).date
		if ok && interval > 0 && interval <= spacingLast && date.Valid() && !t.datedAfter(&r) {
			t.dateRow(&r, date, int(interval))
		}
		return // one row is all that meters send; more would cost too much time
	}
}

// datedAfter reports whether the meter dates a higher storage number by itself.
func (t *Telegram) datedAfter(first *Record) bool {
	for i := range t.Records {
		r := &t.Records[i]
		if (r.Quantity == DateQuantity || r.Quantity == DateTimeQuantity) && r.Storage > first.Storage && r.Subunit == first.Subunit {
			return true
		}
	}
	return false
}

func (t *Telegram) dateRow(first *Record, date Value, interval int) {
	last := first.Storage
	for i, n := 0, len(t.Records); i < n; i++ {
		r := &t.Records[i]
		if r.Storage <= last || r.Storage-first.Storage > maxRecords || r.Subunit != first.Subunit {
			continue
		}
		last = r.Storage
		steps := last - first.Storage
		if when := date.later(first.Unit, -interval*int(steps)); when.Valid() {
			t.addProfileDate(first, when, steps).Role = roleOfStep(when, first.Unit, interval)
		}
	}
}
