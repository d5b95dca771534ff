package wmbus

// familyEI6500 are the smoke detectors EI6500 of EI Electronics: standard
// records, and a word of the maker's own (docs/protocol/families.md#ei-electronics).
var familyEI6500 = family{
	name:   "ei6500",
	models: models("EIE", []int{0x0C}, []int{0x1A}),
	refine: refineEI6500,
}

// ei6500Code stands behind FF.
const ei6500Code = 0x2C

var ei6500Flags = []flag{
	{1 << 5, StatusSounder}, {1 << 6, StatusTamper}, {1 << 12, StatusLowBattery}, {1 << 13, StatusSmokeChamber},
	{1<<24 | 1<<25, StatusObstacle},
}

// refineEI6500 takes the word apart: dust in the smoke chamber in the lowest five
// bits (28 and above: it wants cleaning), the battery in steps of 0.05 V from
// 2.25 V in bits 8 to 11, flags.
func refineEI6500(t *Telegram) {
	const dustMask, dustDirty = 31, 28
	for i := range t.Records {
		r := &t.Records[i]
		code := r.makerCode()
		word, ok := r.unsigned()
		if len(code) != 1 || code[0] != ei6500Code || !ok || len(r.Raw()) != 4 {
			continue
		}
		r.Quantity, r.Value = InfoFlags, Decimal(int64(word), 0)
		r.Qualifiers &^= MakerVIFE
		at := r.Offset + r.valueAt
		t.addFlags(word, ei6500Flags)
		if word&dustMask >= dustDirty {
			t.Status.Add(StatusSmokeChamber)
		}
		t.add(DustLevel, Decimal(int64(word&dustMask), 0), UnitNone, at, 1)
		t.add(BatteryVoltage, Decimal(225+5*int64(word>>8&15), -2), UnitVolt, at+1, 1)
		return
	}
}
