package wmbus

import "slices"

// familyGWF are GWF water meters and the radio adapter for them: standard
// records, then manufacturer data of three bytes
// (docs/protocol/proprietary.md#gwf).
var familyGWF = family{
	name:   "gwf",
	models: slices.Concat(models("GWF", []int{0x01}, []int{0x0E}), models("GWF", []int{0x3C}, []int{0x06, 0x07})),
	refine: refineGWF,
}

var gwfFlags = []flag{
	{bits: 1 << 1, status: StatusLeak}, {bits: 1 << 3, status: StatusBurst}, {bits: 1 << 5, status: StatusLowBattery}, {bits: 1 << 6, status: StatusReverseFlow},
}

const gwfSize = 3 // format, flags, battery

// refineGWF reads the flags of format 1 and the battery, half years in the upper
// five bits. In format 2 the battery is likely the same, the flags are not known.
func refineGWF(t *Telegram) {
	data, at, ok := t.makerData()
	if !ok || len(data) < gwfSize || data[0] < 1 || data[0] > 2 {
		return
	}
	var doubt Qualifiers
	if data[0] == 1 {
		t.addWord(uint64(data[1]), gwfFlags)
		t.add(InfoFlags, Decimal(int64(data[1]), 0), UnitNone, at+1, 1)
	} else {
		doubt = Uncertain
	}
	halfYears := int64(data[2] >> 3)
	t.add(BatteryLife, Decimal(halfYears*5, -1), UnitYear, at+2, 1).Qualifiers = doubt
}
