package wmbus

// familyEI6500 are the smoke detectors EI6500 of EI Electronics: standard
// records, and a word of the maker's own (docs/protocol/families.md#ei-electronics).
var familyEI6500 = family{
	name:   "ei6500",
	models: models("EIE", []int{0x0C}, []int{0x1A}),
	refine: refineEI6500,
}

// ei6500Code follows FF.
const ei6500Code = 0x2C

// ei6500Flags are the flags of the word. The self check is done, or not yet;
// the obstacle's distance stands where bit 24 says that there is one.
var ei6500Flags = []flag{
	{bits: 1 << 5, status: StatusSounder}, {bits: 1 << 6, status: StatusTamper}, {bits: 1 << 7, status: StatusEndOfLife},
	{bits: 1 << 12, status: StatusLowBattery}, {bits: 1 << 13, status: StatusSmokeChamber}, {bits: 1 << 14, status: StatusHardware},
	{bits: 1 << 15, status: StatusEndOfLifeNear}, {bits: 1 << 17, status: StatusSurroundings}, {bits: 1 << 18, status: StatusConnection},
	{bits: 1 << 19, status: StatusTemporaryError}, {bits: 1<<24 | 1<<25, status: StatusObstacle},
	{bits: 1<<16 | ei6500Dust | ei6500Battery | ei6500Distance, status: statusNone},
}

// What stands between the flags.
const (
	ei6500Dust     = 31
	ei6500Battery  = 15 << 8
	ei6500Distance = 7 << 20
)

// refineEI6500 takes the word apart: dust in the smoke chamber in the lowest five
// bits (28 and above: it wants cleaning), the battery in steps of 0.05 V from
// 2.25 V in bits 8 to 11, flags.
func refineEI6500(t *Telegram) {
	const dustDirty = 28
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
		t.addWord(word, ei6500Flags)
		if word&ei6500Dust >= dustDirty {
			t.Status.Add(StatusSmokeChamber)
		}
		t.add(DustLevel, Decimal(int64(word&ei6500Dust), 0), UnitNone, at, 1)
		t.add(BatteryVoltage, Decimal(225+5*int64(word>>8&15), -2), UnitVolt, at+1, 1)
		return
	}
}
