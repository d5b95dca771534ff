package wmbus

import "math"

// profile is the control and spacing bytes of a compact profile
// (docs/protocol/records.md#compact-profile).
type profile struct {
	slot    byte // DIF nibble of the values
	unit    byte // of the spacing: seconds, minutes, hours, days; or months
	mode    byte
	spacing byte
}

// What each slot holds.
const (
	profileAbsolute = iota
	profileIncrements
	profileDecrements
	profileDifferences
)

// expandProfiles appends the values of compact profiles as records of their
// own: the first one back in time from the base value gets the storage number
// after the base's, and so on, each with a record of its date where the base
// has one and the spacing is one of time.
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
	p := profile{slot: raw[0] & 15, unit: raw[0] >> 4 & 3, mode: raw[0] >> 6, spacing: raw[1]}
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
	base, date := t.profileBase(&r, sent)
	if p.mode != profileAbsolute && base.kind != NumberValue || date.kind == NoValue {
		t.Notes |= NoteProfileBase
	}
	slots := raw[2:]
	count := len(slots) / size
	for i := range min(count, maxRecords-len(t.Records)) {
		from := i * size
		if r.Qualifiers.Has(ForwardProfile) { // the last slot is nearest to the base
			from = (count - 1 - i) * size
		}
		slot := slots[from : from+size]
		value, ok := t.profileValue(&h, p.mode, slot, &base)
		if !ok {
			return
		}
		t.addDerived(&r, value, slot, len(r.bytes)-len(slots)+from, uint64(i)+1)
		if when := p.back(date, i+1); when.Valid() {
			t.addProfileDate(&r, when, uint64(i)+1)
		}
	}
}

// profileBase finds the value and the date with the same storage number among
// the first n records.
func (t *Telegram) profileBase(r *Record, n int) (value, date Value) {
	for i := range n {
		b := &t.Records[i]
		if b.Storage != r.Storage || b.Subunit != r.Subunit || b.Qualifiers != 0 || b.Function != r.Function {
			continue
		}
		switch {
		case b.Quantity == r.Quantity && b.Tariff == r.Tariff:
			value = b.Value
		case b.Quantity == DateQuantity || b.Quantity == DateTimeQuantity:
			date = b.Value
		}
	}
	return value, date
}

// profileValue decodes one slot; base is the value after it in time, and
// becomes this one. A slot of all FF has no value; a row of increments stops
// there.
func (t *Telegram) profileValue(h *recordHeader, mode byte, slot []byte, base *Value) (v Value, ok bool) {
	empty := true
	for _, b := range slot {
		empty = empty && b == 0xFF
	}
	if mode == profileAbsolute {
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
	if mode != profileDecrements { // the value before was smaller by the increment
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
}

func (t *Telegram) addProfileDate(of *Record, date Value, n uint64) {
	quantity := DateQuantity
	if date.kind == DateTimeValue {
		quantity = DateTimeQuantity
	}
	r := t.newRecord()
	*r = Record{
		Value: date, Quantity: quantity, Function: of.Function, Subunit: of.Subunit, Tariff: of.Tariff,
		Storage: of.Storage + n, Qualifiers: Derived, Offset: of.Offset,
	}
}

// The special spacings (docs/protocol/records.md#compact-profile).
const (
	spacingNone      = 0
	spacingLast      = 250
	spacingHalfMonth = 253
	spacingMonths    = 254
)

// back is the moment n slots before date, no value where it cannot be told.
func (p *profile) back(date Value, n int) Value {
	switch {
	case p.spacing == spacingNone:
		return Value{}
	case p.spacing <= spacingLast:
		return date.intervalsBack(secondsToDays[p.unit], int(p.spacing)*n)
	case p.spacing == spacingHalfMonth && p.unit == 3:
		return date.halfMonthsBack(n)
	case p.spacing == spacingMonths && p.unit > 0:
		return date.intervalsBack(UnitMonth, [...]int{0, 6, 3, 1}[p.unit]*n)
	}
	return Value{}
}

// dateStorages gives the values of a row of storage numbers their dates, where
// the meter sends the date of the first and the interval between them
// (VIF FD 24 to 29), and no others: each further storage number is one
// interval older (docs/protocol/records.md#storage-interval).
func (t *Telegram) dateStorages() {
	for i := range t.Records {
		if r := &t.Records[i]; r.Quantity != StorageInterval || r.Qualifiers != 0 {
			continue
		}
		r := t.Records[i] // dateRow adds records, which may move them
		interval, _, ok := r.Value.Decimal()
		_, date := t.profileBase(&r, len(t.Records))
		if ok && interval > 0 && interval <= spacingLast && date.Valid() && !t.datedAfter(&r) {
			t.dateRow(&r, date, int(interval))
		}
		return // one row is all that meters send; more would cost too much time
	}
}

// datedAfter tells whether the meter dates a higher storage number by itself.
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
		if when := date.intervalsBack(first.Unit, interval*int(steps)); when.Valid() {
			t.addProfileDate(first, when, steps)
		}
	}
}
