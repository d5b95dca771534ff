package wmbus

import (
	"encoding/binary"
	"slices"
)

// familyTechem are the Techem meters that send no data records: a date, two
// readings and a history, laid out by the model (docs/protocol/proprietary.md#techem).
// CI-field A3 is not read: its layout is not known.
var familyTechem = family{
	name:    "techem",
	models:  withCI(forMakers("TCH"), 0xA0, 0xA2),
	payload: readTechem,
}

// techemLayout says what stands where behind the CI-field. The readings are
// what the register showed at the end of the previous period, and what came
// since; the allocators begin at 0 with every period.
type techemLayout struct {
	versions, types []byte
	others          []byte // types of which other versions may have this layout, see fits
	read            func(l *techemLayout, t *Telegram) *Error

	quantity Quantity
	unit     Unit
	exp      int
	size     int  // bytes of a reading
	resets   bool // the current reading is the register itself

	previousDate, currentDate int // 0: none that is known
	previous, current         int
	temperatures              int // of the room, then of the radiator; 0: none
	end                       int // of what is known
}

var (
	techemWater     = []byte{0x62, 0x72}
	techemHeat      = []byte{0x04, 0xC3}
	techemEnergy    = []byte{0x04, 0x43, 0xC3}
	techemAllocator = []byte{0x80}
)

var techemLayouts = [...]techemLayout{
	{ // mkradio3
		versions: []byte{0x74}, types: techemWater, others: techemWater, read: readTechemReadings,
		quantity: Volume, unit: UnitM3, exp: -1, size: 2,
		previousDate: 1, previous: 3, currentDate: 5, current: 7, end: 9,
	},
	{ // mkradio4; no source tells where its dates are
		versions: []byte{0x70, 0x95}, types: techemWater, read: readTechemReadings,
		quantity: Volume, unit: UnitM3, exp: -1, size: 2,
		previous: 3, current: 7, end: 9,
	},
	{ // mkradio3a
		versions: []byte{0x50}, types: []byte{0x72}, read: readTechemMonths,
		quantity: Volume, unit: UnitM3, exp: -1,
	},
	{ // HCA data III
		versions: []byte{0x69}, types: techemAllocator, others: techemAllocator, read: readTechemReadings,
		quantity: HeatCostAllocation, unit: UnitHCA, size: 2, resets: true,
		previousDate: 1, previous: 3, currentDate: 5, current: 7, temperatures: 9, end: 13,
	},
	{ // the same with a byte before the temperatures
		versions: []byte{0x94}, types: techemAllocator, read: readTechemReadings,
		quantity: HeatCostAllocation, unit: UnitHCA, size: 2, resets: true,
		previousDate: 1, previous: 3, currentDate: 5, current: 7, temperatures: 10, end: 14,
	},
	{ // vario 451
		versions: []byte{0x27}, types: techemHeat, read: readTechemReadings,
		quantity: Energy, unit: UnitMJ, size: 2,
		previousDate: 1, previous: 3, current: 7, end: 9,
	},
	{ // compact V; other heat meters count MJ, but none of type 43 that is known
		versions: []byte{0x22, 0x39, 0x45}, types: techemEnergy, others: []byte{0x43}, read: readTechemReadings,
		quantity: Energy, unit: UnitKWh, size: 3,
		previousDate: 1, previous: 3, current: 7, end: 10,
	},
	{ // smoke detector TSD2
		versions: []byte{0x76}, types: []byte{0xF0}, read: readTechemSmoke,
		previousDate: 1, end: 3,
	},
}

func (l *techemLayout) isFor(a Address) bool {
	return slices.Contains(l.versions, a.Version) && slices.Contains(l.types, byte(a.Type))
}

func readTechem(t *Telegram) (bool, *Error) {
	for i := range techemLayouts {
		l := &techemLayouts[i]
		if !l.isFor(t.Header.Meter) {
			continue
		}
		if l.end == 0 && len(t.Plain) > 0 && t.Plain[0] != techemMonthly {
			return false, nil
		}
		return true, l.read(l, t)
	}
	for i := range techemLayouts {
		if l := &techemLayouts[i]; slices.Contains(l.others, byte(t.Header.Meter.Type)) && l.fits(t) {
			t.Notes |= NoteLayout
			return true, l.read(l, t)
		}
	}
	return false, nil
}

// fits reports whether the content of a version that is not known has this layout:
// the previous date ends a month and the current date exists.
func (l *techemLayout) fits(t *Telegram) bool {
	if len(t.Plain) < l.end || t.Plain[0] == techemMonthly {
		return false
	}
	previous := techemDate(t.Plain[l.previousDate:])
	m, ok := previous.Moment()
	if !ok || m.Day != daysIn(m.Year, m.Month) {
		return false
	}
	return l.currentDate == 0 || techemDateAfter(previous, t.Plain[l.currentDate:]).Valid()
}

// holds reports whether n bytes stand at a place of the content.
func (t *Telegram) holds(at, n int) bool { return at+n <= len(t.Plain) }

// addUnread adds the content from a place on as bytes that only the manufacturer can
// read.
func (t *Telegram) addUnread(from int) {
	if from < len(t.Plain) {
		t.add(ManufacturerData, Value{kind: BytesValue, text: t.Plain[from:]}, UnitNone, from, len(t.Plain)-from)
	}
}

// techemEnd returns the error of a telegram that was cut off.
func (t *Telegram) techemEnd(end int) *Error {
	if len(t.Plain) < end {
		return failure(ErrTruncated, len(t.Plain), "a Techem telegram of this model has at least %d bytes here, there are %d", end, len(t.Plain))
	}
	t.addUnread(end)
	return nil
}

// readTechemReadings reads a layout with a previous and a current reading.
func readTechemReadings(l *techemLayout, t *Telegram) *Error {
	l.addCurrent(t)
	l.addDates(t)
	if t.holds(l.previous, l.size) {
		n := littleEndian(t.Plain[l.previous : l.previous+l.size])
		t.add(l.quantity, Decimal(int64(n), l.exp), l.unit, l.previous, l.size).Storage = 1
	}
	if l.temperatures > 0 && t.Notes&NoteLayout != 0 { // their place depends on the version
		return t.techemEnd(l.temperatures)
	}
	if l.temperatures > 0 {
		for i, quantity := range [...]Quantity{RoomTemperature, RadiatorTemperature} {
			if at := l.temperatures + 2*i; t.holds(at, 2) {
				hundredths := int16(binary.LittleEndian.Uint16(t.Plain[at:]))
				t.add(quantity, Decimal(int64(hundredths), -2), UnitCelsius, at, 2)
			}
		}
	}
	return t.techemEnd(l.end)
}

// addCurrent adds the register and, where it is the sum of the two readings,
// what came since the previous one.
func (l *techemLayout) addCurrent(t *Telegram) {
	if !t.holds(l.current, l.size) {
		return
	}
	current := int64(littleEndian(t.Plain[l.current : l.current+l.size]))
	if l.resets {
		t.add(l.quantity, Decimal(current, l.exp), l.unit, l.current, l.size)
		return
	}
	previous := int64(littleEndian(t.Plain[l.previous : l.previous+l.size]))
	t.add(l.quantity, Decimal(previous+current, l.exp), l.unit, l.previous, l.current+l.size-l.previous)
	t.add(PeriodConsumption, Decimal(current, l.exp), l.unit, l.current, l.size).Of = l.quantity
}

// addDates adds the date of the current reading, which has no year and lies
// within the year after the previous one, and that of the previous.
func (l *techemLayout) addDates(t *Telegram) {
	if l.previousDate == 0 || !t.holds(l.previousDate, 2) {
		return
	}
	previous, current := techemDate(t.Plain[l.previousDate:]), Value{}
	if l.currentDate != 0 && t.holds(l.currentDate, 2) {
		current = techemDateAfter(previous, t.Plain[l.currentDate:])
		t.add(DateQuantity, current, UnitNone, l.currentDate, 2)
	}
	for i := range t.Records {
		if r := &t.Records[i]; r.Quantity == PeriodConsumption {
			r.From, r.Date = DayOf(previous), DayOf(current)
		}
	}
	t.add(DateQuantity, previous, UnitNone, l.previousDate, 2).Storage = 1
}

// techemDate reads day, month and year: five, four and six bits from the low
// end of two bytes; the top bit is not used.
func techemDate(b []byte) Value {
	n := int(binary.LittleEndian.Uint16(b))
	v, _ := Date(2000+n>>9&63, n>>5&15, n&31)
	return v
}

// techemDateAfter reads day and month, five and four bits from bit 4 on, of
// the first such day after previous; no value if there is no previous one.
func techemDateAfter(previous Value, b []byte) Value {
	m, ok := previous.Moment()
	if !ok {
		return Value{}
	}
	n := int(binary.LittleEndian.Uint16(b))
	day, month := n>>4&31, n>>9&15
	if month < m.Month || month == m.Month && day <= m.Day {
		m.Year++
	}
	v, _ := Date(m.Year, month, day)
	return v
}

// The content of mkradio3a: the mark, a date at 2, the register at 4 in three
// bytes, and from 8 on a year of half-months, two bytes each month with a zero
// between the months.
const (
	techemMonthly      = 0x0C
	techemMonthsDate   = 2
	techemMonthsTotal  = 4
	techemMonthsAt     = 8
	techemMonthsStep   = 3
	techemMonthsNumber = 12
)

func readTechemMonths(l *techemLayout, t *Telegram) *Error {
	p := t.Plain
	if t.holds(techemMonthsTotal, 3) {
		total := littleEndian(p[techemMonthsTotal : techemMonthsTotal+3])
		t.add(l.quantity, Decimal(int64(total), l.exp), l.unit, techemMonthsTotal, 3)
	}
	if t.holds(techemMonthsDate, 2) {
		t.add(DateQuantity, techemDate(p[techemMonthsDate:]), UnitNone, techemMonthsDate, 2)
	}
	if !techemHasMonths(p) {
		return t.techemEnd(techemMonthsAt)
	}
	at := techemMonthsAt
	for i := range techemMonthsNumber {
		r := t.add(PeriodConsumption, Decimal(int64(p[at])+int64(p[at+1]), l.exp), l.unit, at, 2)
		r.Of, r.Storage = l.quantity, uint64(2+i)
		at += techemMonthsStep
	}
	return t.techemEnd(at - 1)
}

// techemHasMonths reports whether the zeros stand between the months.
func techemHasMonths(p []byte) bool {
	const last = techemMonthsAt + techemMonthsStep*(techemMonthsNumber-1)
	if len(p) < last+2 {
		return false
	}
	for at := techemMonthsAt + 2; at < last; at += techemMonthsStep {
		if p[at] != 0 {
			return false
		}
	}
	return true
}

// techemSmoke is the only known status of the smoke detector other than 0, which
// means no fault.
const techemSmoke = 1

// readTechemSmoke reads the status and the date of the smoke detector. Other
// status bytes are shown as the maker's own (docs/protocol/status.md#techem-smoke).
func readTechemSmoke(l *techemLayout, t *Telegram) *Error {
	if t.holds(0, 1) {
		status := t.Plain[0]
		t.add(StatusFlags, Decimal(int64(status), 0), UnitNone, 0, 1)
		if status == techemSmoke {
			t.Status.Add(StatusSmokeAlarm)
		} else {
			t.Status.AddMaker(MakerFlags{Status: status})
		}
	}
	l.addDates(t)
	return t.techemEnd(l.end)
}
