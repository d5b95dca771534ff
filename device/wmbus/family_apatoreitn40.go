package wmbus

import "encoding/binary"

// familyApatorEITN40 is the Apator E.ITN 40 heat cost allocator: words of 16
// bits. What they are was worked out from four meters, whose months add up to
// the seasons; it is noted as uncertain (docs/protocol/proprietary.md#eitn-40).
var familyApatorEITN40 = family{
	name:    "apator e.itn 40",
	models:  withCI(models("APA", []int{0x09, 0x0D}, []int{0x08}), eitnShort, eitnShort),
	payload: readApatorEITN40,
}

// Offsets after the CI-field.
const (
	eitn40Season   = 2
	eitn40Unknown  = 4 // two temperatures, maybe
	eitn40Month    = 8 // the present one, then those before it
	eitn40Current  = 40
	eitn40Previous = 42
	eitn40Between  = 44
	eitn40Date     = 48
	eitn40End      = 50

	eitn40MonthsNumber = (eitn40Current - eitn40Month) / 2
)

func readApatorEITN40(t *Telegram) (bool, *Error) {
	if len(t.Plain) < eitn40End {
		return true, failure(ErrTruncated, len(t.Plain), "the readings of an E.ITN 40 have %d bytes, there are %d", eitn40End, len(t.Plain))
	}
	if !t.isEITN40() {
		return false, nil
	}
	t.Notes |= NoteLayout
	t.addEITNReading(eitn40Current, 0)
	t.add(DateQuantity, techemDate(t.Plain[eitn40Date:]), UnitNone, eitn40Date, 2)
	t.addEITNReading(eitn40Previous, 1)
	t.addEITNSeason(eitn40Season)
	date := techemDate(t.Plain[eitn40Date:])
	m, _ := date.Moment()
	last, _ := Date(m.Year, m.Month, daysIn(m.Year, m.Month))
	for i := range eitn40MonthsNumber {
		at := eitn40Month + 2*i
		r := t.add(PeriodConsumption, Decimal(int64(binary.LittleEndian.Uint16(t.Plain[at:])), 0), UnitHCA, at, 2)
		r.Of, r.From, r.Date = HeatCostAllocation, DayOf(last.later(UnitMonth, -i-1)), DayOf(date)
		if i > 0 {
			r.Storage, r.Date = uint64(firstMonth+i-1), DayOf(last.later(UnitMonth, -i))
		}
	}
	t.add(ManufacturerData, Value{kind: BytesValue, text: t.Plain[eitn40Unknown:eitn40Month]}, UnitNone, eitn40Unknown, eitn40Month-eitn40Unknown)
	t.add(ManufacturerData, Value{kind: BytesValue, text: t.Plain[eitn40Between:eitn40Date]}, UnitNone, eitn40Between, eitn40Date-eitn40Between)
	t.addUnread(eitn40End)
	return true, nil
}

// isEITN40 reports whether the first word is zero, the date exists and the months
// of the present season add up to its reading. A reading of more months than
// there are cannot be checked.
func (t *Telegram) isEITN40() bool {
	p := t.Plain
	date, ok := techemDate(p[eitn40Date:]).Moment()
	season := int(binary.LittleEndian.Uint16(p[eitn40Season:]))
	if !ok || p[0]|p[1] != 0 || season>>5&15 < 1 || season>>5&15 > 12 {
		return false
	}
	months := (date.Month - season>>5&15 + 12) % 12
	if date.Month == season>>5&15 && date.Day < season&31 {
		months += 12
	}
	sum := 0
	for i := range months + 1 {
		sum += int(binary.LittleEndian.Uint16(p[eitn40Month+2*i:]))
	}
	return sum == int(binary.LittleEndian.Uint16(p[eitn40Current:]))
}
