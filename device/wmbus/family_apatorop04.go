package wmbus

// familyApatorOP04 is the Apator OP-04-1A water module: standard records, then
// manufacturer data with the readings at the end of four months. They were worked
// out from two telegrams and are marked as uncertain
// (docs/protocol/proprietary.md#op-04-1a).
var familyApatorOP04 = family{
	name:   "apator op-04-1a",
	models: models("APA", []int{0x1A}, []int{0x07}),
	refine: refineApatorOP04,
}

// Offsets in the manufacturer data.
const (
	op04Mark   = 4 // 00 08
	op04Date   = 13
	op04Months = 15
	op04Size   = op04Months + 4*op04Number
	op04Number = 4
)

func refineApatorOP04(t *Telegram) {
	data, at, ok := t.makerData()
	if !ok || len(data) < op04Size || data[op04Mark] != 0 || data[op04Mark+1] != 8 {
		return
	}
	date := decodeTypeG(data[op04Date : op04Date+2])
	m, ok := date.Moment()
	if !ok || m.Day != daysIn(m.Year, m.Month) {
		return
	}
	if total, ok := t.litres(); ok && t.monthEndsFall(at+op04Months, op04Number, total) {
		t.addMonthEnds(at+op04Months, op04Number, date, Uncertain)
	}
}
