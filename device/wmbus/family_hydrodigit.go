package wmbus

// familyHydrodigit are the BMeters Hydrodigit water meters: standard records,
// then manufacturer data whose first byte says what is there
// (docs/protocol/proprietary.md#hydrodigit).
var familyHydrodigit = family{
	name:   "hydrodigit",
	models: models("BMT", []int{0x13, 0x15, 0x17}, []int{0x06, 0x07}),
	refine: refineHydrodigit,
}

// hydrodigitFields are the bits of the first byte, and the sizes of the fields
// that follow in this order, and what reads them. Bits 5 and 6 add nothing; what
// bit 3 adds follows the known fields.
var hydrodigitFields = [...]struct {
	bit  byte
	size int
	add  func(t *Telegram, at int)
}{
	{1 << 0, 1, (*Telegram).addHydrodigitBattery},
	{1 << 1, 4, func(t *Telegram, at int) { t.addHydrodigitEvent(at+1, StatusTamperEarlier) }}, // behind the kind of fraud
	{1 << 7, 3, func(t *Telegram, at int) { t.addHydrodigitEvent(at, StatusLeakEarlier) }},
	{1 << 2, 4, func(t *Telegram, at int) { t.addBackwardLitres(at, 0) }},
	{1 << 4, calendarSize, func(t *Telegram, at int) { t.addCalendar(at, 0) }},
}

func refineHydrodigit(t *Telegram) {
	data, at, ok := t.makerData()
	if !ok || len(data) == 0 {
		return
	}
	contents, end := data[0], at+len(data)
	at++
	for i := range hydrodigitFields {
		f := &hydrodigitFields[i]
		if contents&f.bit == 0 {
			continue
		}
		if at+f.size > end {
			return
		}
		f.add(t, at)
		at += f.size
	}
}

// hydrodigitVolts is the voltage in hundredths by the low nibble.
var hydrodigitVolts = [16]int64{370, 190, 210, 220, 230, 240, 250, 265, 280, 290, 305, 320, 335, 350, 370, 370}

func (t *Telegram) addHydrodigitBattery(at int) {
	t.add(BatteryVoltage, Decimal(hydrodigitVolts[t.Plain[at]&15], -2), UnitVolt, at, 1)
}

// addHydrodigitEvent adds a date in BCD: year, month, day.
func (t *Telegram) addHydrodigitEvent(at int, status Status) {
	year, okYear := decodeBCD(t.Plain[at : at+1])
	month, okMonth := decodeBCD(t.Plain[at+1 : at+2])
	day, okDay := decodeBCD(t.Plain[at+2 : at+3])
	value := Value{}
	if okYear && okMonth && okDay {
		value, _ = Date(2000+int(year), int(month), int(day))
	}
	if value.Valid() {
		t.Status.Add(status)
	}
	t.add(EventDate, value, UnitNone, at, 3)
}
