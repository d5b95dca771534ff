package wmbus

// familyPicoflux are Picoflux water meters: standard records, then manufacturer
// data with the readings at the beginning of months. They were worked out from two
// meters and are marked as uncertain (docs/protocol/proprietary.md#picoflux).
var familyPicoflux = family{
	name:   "picoflux",
	models: models("ECM", []int{0x05}, []int{0x07}),
	refine: refinePicoflux,
}

// Offsets in the manufacturer data; three bytes end it.
const (
	picofluxDate   = 1
	picofluxMonths = 3
	picofluxTail   = 3
	picofluxMost   = 15
)

func refinePicoflux(t *Telegram) {
	data, at, ok := t.makerData()
	if !ok || len(data) < picofluxMonths+4+picofluxTail {
		return
	}
	date := decodeTypeG(data[picofluxDate:picofluxMonths])
	if m, ok := date.Moment(); !ok || m.Day != 1 {
		return
	}
	n := min((len(data)-picofluxMonths-picofluxTail)/4, picofluxMost)
	for n > 0 && littleEndian(data[picofluxMonths+4*n-4:picofluxMonths+4*n]) == 0 {
		n-- // of a time before the meter
	}
	if total, ok := t.litres(); ok && t.monthEndsFall(at+picofluxMonths, n, total) {
		t.addMonthEnds(at+picofluxMonths, n, date, Uncertain)
	}
}
