package wmbus

// A calendar holds the past year of some meters: the register at the end of January
// to December, three bytes each, in 0.01 m³.
const (
	calendarMonth = 3
	calendarSize  = 12 * calendarMonth
	calendarNone  = 10_000_000 // this and above is no value
)

// firstMonth is the storage number of the latest month's end. The ones before
// have the next numbers.
const firstMonth = 2

// addCalendar adds the calendar at t.Plain[at] as records with some qualifiers.
// The month before that of the meter's own date is the latest. Those from the
// meter's month on are of the year before.
func (t *Telegram) addCalendar(at int, add Qualifiers) {
	const centilitres10 = -2
	now, known := t.meterMoment()
	if !known {
		now.Month = 1 // as sent, December the latest
		t.Notes |= NoteProfileBase
	}
	for back := range 12 {
		month := (now.Month+10-back+12)%12 + 1
		from := at + (month-1)*calendarMonth
		value := Value{}
		if n := littleEndian(t.Plain[from : from+calendarMonth]); n < calendarNone {
			value = Decimal(int64(n), centilitres10)
		}
		r := t.add(Volume, value, UnitM3, from, calendarMonth)
		r.Storage, r.Qualifiers, r.Role = uint64(firstMonth+back), add, RoleMonthEnd
		if !known {
			continue
		}
		year := now.Year
		if month >= now.Month {
			year--
		}
		if date, ok := Date(year, month, daysIn(year, month)); ok {
			t.addMonthDate(date, back, from)
		}
	}
}

// addMonthEnds adds n readings of four bytes that begin at t.Plain[at], the
// latest first, each a month older than the one before; date is that of the
// latest, or no value.
func (t *Telegram) addMonthEnds(at, n int, date Value, add Qualifiers) {
	const litre, size = -3, 4
	for back := range n {
		from := at + back*size
		r := t.add(Volume, Decimal(int64(littleEndian(t.Plain[from:from+size])), litre), UnitM3, from, size)
		r.Storage, r.Qualifiers, r.Role = uint64(firstMonth+back), add, RoleMonthEnd
		if when := date.later(UnitMonth, -back); when.Valid() {
			t.addMonthDate(when, back, from)
		}
	}
}

// monthEndsFall reports whether n readings at t.Plain[at], the latest first, can be
// those of a register that is at total now: each is at most the one before it.
func (t *Telegram) monthEndsFall(at, n int, total uint64) bool {
	for i := range n {
		value := littleEndian(t.Plain[at+4*i : at+4*i+4])
		if value > total {
			return false
		}
		total = value
	}
	return true
}

func (t *Telegram) addMonthDate(date Value, back, at int) {
	*t.newRecord() = Record{
		Quantity: DateQuantity, Value: date, Storage: uint64(firstMonth + back), Qualifiers: Derived, Role: RoleMonthEnd, Offset: at,
	}
}

// addBackwardLitres adds the backward volume, four bytes in litres.
func (t *Telegram) addBackwardLitres(at int, add Qualifiers) {
	const litre, size = -3, 4
	t.add(Volume, Decimal(int64(littleEndian(t.Plain[at:at+size])), litre), UnitM3, at, size).Qualifiers = Backward | add
}

// meterMoment returns the time by the meter's clock.
func (t *Telegram) meterMoment() (Moment, bool) {
	for i := range t.Records {
		if r := &t.Records[i]; r.Quantity == DateTimeQuantity && r.Current() && r.Value.Valid() {
			return r.Value.Moment()
		}
	}
	return Moment{}, false
}

// litres returns the current volume; ok is false if there is none in whole litres.
func (t *Telegram) litres() (n uint64, ok bool) {
	for i := range t.Records {
		r := &t.Records[i]
		if r.Quantity == Volume && r.Current() && r.Value.kind == NumberValue && r.Value.exp == -3 && r.Value.n >= 0 {
			return uint64(r.Value.n), true
		}
	}
	return 0, false
}
