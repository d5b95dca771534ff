package wmbus

import "slices"

// The past of Engelmann meters, for which they send no or only one date
// (docs/protocol/families.md#engelmann).
var (
	// familyWaterStar are water meters with the WaterStar M radio module.
	familyWaterStar = family{
		name: "waterstar",
		models: slices.Concat(
			models("DWZ", []int{0x00, 0x02}, waterTypes),
			models("EFE", []int{0x00, 0x03, 0x70}, waterTypes)),
		refine: refineWaterStar,
	}
	// familyHCAe2 are the heat cost allocators HCA e2.
	familyHCAe2 = family{
		name:   "hca e2",
		models: models("EFE", []int{0x31}, []int{int(TypeHeatCostAllocator)}),
		refine: refineHCAe2,
	}
)

// pastRow is consecutive storage numbers of which each is one step older, or
// younger, than the one before it.
type pastRow struct {
	first, last uint64
	date        Value                  // of the first
	later       func(Value, int) Value // the step
	step        int                    // -1: each is older
	add         Qualifiers             // to the dates
}

// refineWaterStar dates the readings at the ends of months: storage 2 is the end
// of the month before the meter's date.
func refineWaterStar(t *Telegram) {
	row := pastRow{first: 2, last: 16, later: Value.laterMonth, step: -1}
	if now, ok := t.meterMoment(); ok {
		row.date, _ = Date(now.Year, now.Month, daysIn(now.Year, now.Month))
		row.date = row.date.laterMonth(-1)
	}
	t.refinePast(&row)
}

// refineSensoStar dates the readings at half months, the 15th and the last day:
// storage 2 is the latest before the meter's date. Two telegrams prove it, which
// is why the dates are marked as uncertain.
func refineSensoStar(t *Telegram) {
	const half = 15
	row := pastRow{first: 2, last: 31, later: Value.halfMonthsLater, step: -1, add: Uncertain}
	if now, ok := t.meterMoment(); ok {
		row.date, _ = Date(now.Year, now.Month, half)
		if now.Day <= half {
			row.date = row.date.halfMonthsLater(-1)
		}
	}
	t.refinePast(&row)
}

// hcaE2Code is VIF 7F, behind which stands the word of flags in one byte.
const hcaE2Code = 0x7F

var hcaE2Flags = []flag{
	{bits: 0x01, status: StatusMemory}, {bits: 0x02 | 0x40, status: StatusReset}, {bits: 0x08, status: StatusOpened},
	{bits: 0x10 | 0x20, status: StatusTemperatureSensor}, {bits: 0x80, status: statusNone}, // it has a remote sensor
}

// refineHCAe2 names storages 2 to 31: what was consumed in half a month each,
// the oldest first. The meter sends the last day of the first. The half month
// behind the due date has a negative difference, since the reading restarts.
func refineHCAe2(t *Telegram) {
	row := pastRow{first: 2, last: 31, later: Value.halfMonthsLater, step: 1}
	for i := range t.Records {
		r := &t.Records[i]
		if header := r.Header(); len(header) == 2 && header[1] == hcaE2Code && len(r.Raw()) == 1 {
			r.Quantity, r.Value = InfoFlags, Decimal(int64(r.Raw()[0]), 0)
			r.Qualifiers &^= MakerVIFE
			t.addWord(uint64(r.Raw()[0]), hcaE2Flags)
		}
		switch {
		case r.Function != Instantaneous || r.Storage < row.first || r.Storage > row.last:
		case r.Quantity == DateQuantity && r.Storage == row.first:
			row.date = r.Value
		case r.Quantity == HeatCostAllocation && r.Qualifiers == 0:
			r.Quantity, r.Of = PeriodConsumption, HeatCostAllocation
		}
	}
	for i := range t.Records {
		if r := &t.Records[i]; r.Quantity == PeriodConsumption {
			n := int(r.Storage - row.first)
			r.From, r.Date = DayOf(row.later(row.date, n-1)), DayOf(row.later(row.date, n))
		}
	}
	t.refinePast(&row)
}

// refinePast adds the dates of a row's storage numbers where the meter sends
// none.
func (t *Telegram) refinePast(row *pastRow) {
	var dated uint64 // storage numbers, as bits
	n := len(t.Records)
	for i := range n {
		if r := &t.Records[i]; (r.Quantity == DateQuantity || r.Quantity == DateTimeQuantity) && r.Storage <= row.last {
			dated |= 1 << r.Storage
		}
	}
	for i := range n {
		r := &t.Records[i]
		if r.Storage < row.first || r.Storage > row.last || r.Quantity != Volume && r.Quantity != Energy && r.Quantity != PeriodConsumption || dated&(1<<r.Storage) != 0 {
			continue
		}
		if when := row.later(row.date, row.step*int(r.Storage-row.first)); when.Valid() {
			dated |= 1 << r.Storage
			*t.newRecord() = Record{Quantity: DateQuantity, Value: when, Storage: r.Storage, Qualifiers: Derived | row.add, Offset: r.Offset}
		}
	}
}

// laterMonth is the same day that many months after.
func (v Value) laterMonth(n int) Value { return v.later(UnitMonth, n) }
