package wmbus

// familyIWM are the BMeters IWM-TX5 radio modules: standard records, then
// manufacturer data. What they are was worked out from three telegrams, which is
// why they are marked as uncertain (docs/protocol/proprietary.md#iwm-tx5).
var familyIWM = family{
	name:   "iwm-tx5",
	models: models("BMT", []int{0x18}, []int{0x06, 0x07}),
	refine: refineIWM,
}

// The first byte of the manufacturer data says what follows.
const (
	iwmContents = 0x05
	iwmDate     = 1 << 3 // a date between the backflow and the months
	iwmDateSize = 3
)

func refineIWM(t *Telegram) {
	data, at, ok := t.makerData()
	if !ok || len(data) == 0 || data[0]&^iwmDate != iwmContents {
		return
	}
	backflow, end := at+1, at+len(data)
	months := backflow + 4
	if data[0]&iwmDate != 0 {
		months += iwmDateSize
	}
	if months+calendarSize > end {
		return
	}
	t.addBackwardLitres(backflow, Uncertain)
	t.addCalendar(months, Uncertain)
}
