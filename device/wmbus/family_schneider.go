package wmbus

// familySchneider are the Schneider Electric iEM3000 electricity meters on
// wired M-Bus: the subunit marks reactive and apparent figures, and
// manufacturer codes mark phases (docs/protocol/families.md#schneider).
var familySchneider = family{
	name:   "iem3000",
	models: models("SEC", nil, []int{0x02}),
	refine: refineSchneider,
}

var schneiderCodes = []makerMeaning{
	{base: Current, code: 0x00, add: Average},
	{base: Current, code: 0x01, add: PhaseL1},
	{base: Current, code: 0x02, add: PhaseL2},
	{base: Current, code: 0x03, add: PhaseL3},
	{base: Voltage, code: 0x01, add: PhaseL1},
	{base: Voltage, code: 0x02, add: PhaseL2},
	{base: Voltage, code: 0x03, add: PhaseL3},
	{base: Voltage, code: 0x04, add: Average},
	{base: Voltage, code: 0x05, add: PhaseL1L2},
	{base: Voltage, code: 0x06, add: PhaseL2L3},
	{base: Voltage, code: 0x07, add: PhaseL3L1},
	{base: Voltage, code: 0x08, add: Average, keep: true}, // between phases
	{base: Power, code: 0x01, add: PhaseL1},
	{base: Power, code: 0x02, add: PhaseL2},
	{base: Power, code: 0x03, add: PhaseL3},
	{base: Energy, code: 0x01, add: PhaseL1},
	{base: Energy, code: 0x02, add: PhaseL2},
	{base: Energy, code: 0x03, add: PhaseL3},
	{base: Energy, code: 0x09, add: Backward},
	{base: ReactiveEnergy, code: 0x09, add: Backward},
	{code: 0x20, quantity: OperatingTime, unit: UnitSecond, unsigned: true},
	{code: 0x0A, quantity: PowerFactor},
	{code: 0x0B, quantity: Frequency, unit: UnitHertz},
	{code: 0x24, quantity: Frequency, unit: UnitHertz, keep: true}, // nominal
}

// realInKWh is the scale of energies that are reals: they count kWh, although the
// VIF says Wh. An integer of the same register is a thousand times larger.
const realInKWh = 3

// refineSchneider names what the subunits mean. The unit of power stays that
// of the VIF, the watt, of which var and volt-ampere are other names.
func refineSchneider(t *Telegram) {
	for i := range t.Records {
		r := &t.Records[i]
		if r.Quantity == Energy && r.valueAt > 0 && r.bytes[0]&15 == difReal && r.Value.kind == NumberValue {
			r.Value.exp += realInKWh
		}
		switch {
		case r.Quantity == Energy && r.Unit == UnitKWh && r.Subunit == 1:
			r.Quantity, r.Unit = ReactiveEnergy, UnitKVarh
		case r.Quantity == Power && r.Unit == UnitKW && r.Subunit == 1:
			r.Quantity = ReactivePower
		case r.Quantity == Power && r.Unit == UnitKW && r.Subunit == 2:
			r.Quantity = ApparentPower
		}
	}
	t.nameMakerCodes(schneiderCodes)
}
