package wmbus

// familyKamstrup are the Kamstrup meters, whose records are standard but for
// some codes behind FF (docs/protocol/families.md#kamstrup-codes).
var familyKamstrup = family{
	name:   "kamstrup",
	models: forMakers("KAM", "KAW"),
	refine: refineKamstrup,
}

// kamstrupCodes: E8 and E9 are the forward and return energy that heat meters
// add up as volume times temperature; the others are words of flags. 1B and
// 0F are not known.
var kamstrupCodes = []makerMeaning{
	{code: 0x07, quantity: ForwardEnergyIndex, unit: UnitM3Celsius, unsigned: true},
	{code: 0x08, quantity: ReturnEnergyIndex, unit: UnitM3Celsius, unsigned: true},
	{code: 0x20, quantity: InfoFlags, unsigned: true},
	{code: 0x21, quantity: InfoFlags, unsigned: true},
	{code: 0x22, quantity: InfoFlags, unsigned: true},
	{code: 0x23, quantity: InfoFlags, unsigned: true},
	// 6E with FF 07, 08: Multical 602 and 603.
	{base: HeatCostAllocation, code: 0x07, quantity: ForwardEnergyIndex, unit: UnitM3Celsius, unsigned: true},
	{base: HeatCostAllocation, code: 0x08, quantity: ReturnEnergyIndex, unit: UnitM3Celsius, unsigned: true},
}

// kamstrupWords are the flags by code and number of bytes
// (docs/protocol/status.md#kamstrup). Other words stay numbers.
var kamstrupWords = [...]struct {
	code  byte
	size  int
	flags []flag
}{
	{0x20, 2, kamstrupWater},
	{0x22, 4, kamstrupHeat},
	{0x22, 2, kamstrupHeatShort},
	{0x23, 4, kamstrupWaterNew},
}

// kamstrupWater is the info word of Multical 21 and flowIQ: four flags for now, and
// four fields of three bits for how long dry, reverse, leak and burst lasted within
// the last month.
var kamstrupWater = []flag{
	{bits: 1 << 0, status: StatusDry}, {bits: 1 << 1, status: StatusReverseFlow}, {bits: 1 << 2, status: StatusLeak}, {bits: 1 << 3, status: StatusBurst},
	{bits: 7 << 4, status: StatusDryEarlier, unless: 1 << 0}, {bits: 7 << 7, status: StatusReverseFlowEarlier, unless: 1 << 1},
	{bits: 7 << 10, status: StatusLeakEarlier, unless: 1 << 2}, {bits: 7 << 13, status: StatusBurstEarlier, unless: 1 << 3},
}

var kamstrupWaterNew = []flag{
	{bits: 1 << 0, status: StatusDry}, {bits: 1 << 1, status: StatusReverseFlow}, {bits: 1 << 2, status: StatusLeak}, {bits: 1 << 3, status: StatusBurst},
	{bits: 1 << 4, status: StatusTamper}, {bits: 1 << 5, status: StatusLowBattery}, {bits: 1 << 6, status: StatusFrost}, {bits: 1 << 7, status: StatusOverflow},
	{bits: 1 << 9, status: StatusNoConsumption},
}

// kamstrupHeat are the info codes of Multical 403, 603 and 803.
var kamstrupHeat = []flag{
	{bits: 1 << 0, status: StatusNoSupply}, {bits: 1 << 1, status: StatusLowBattery}, {bits: 1<<2 | 1<<14 | 1<<15, status: StatusAlarm},
	{bits: 1<<3 | 1<<4 | 1<<5 | 1<<6 | 1<<7 | 1<<20 | 1<<21, status: StatusTemperatureSensor},
	{bits: 1<<8 | 1<<24, status: StatusAirInPipe}, {bits: 1<<9 | 1<<25, status: StatusWrongDirection}, {bits: 1<<11 | 1<<27, status: StatusOverflow},
	{bits: 1<<12 | 1<<13 | 1<<18 | 1<<19 | 1<<30 | 1<<31, status: StatusLeak}, {bits: 1<<28 | 1<<29, status: StatusBurst},
	{bits: 1<<16 | 1<<17 | 1<<22 | 1<<23, status: StatusFlowSensor},
}

// kamstrupHeatShort is the lower half of kamstrupHeat, without what stands for inputs.
var kamstrupHeatShort = []flag{
	{bits: 1 << 0, status: StatusNoSupply}, {bits: 1 << 1, status: StatusLowBattery}, {bits: 0xF8, status: StatusTemperatureSensor},
	{bits: 1 << 8, status: StatusAirInPipe}, {bits: 1 << 9, status: StatusWrongDirection}, {bits: 1 << 11, status: StatusOverflow},
}

func refineKamstrup(t *Telegram) {
	t.nameMakerCodes(kamstrupCodes)
	for i := range t.Records {
		r := &t.Records[i]
		if r.Quantity != InfoFlags || r.Storage != 0 {
			continue
		}
		if word, ok := r.unsigned(); ok {
			t.addKamstrupWord(r.bytes[r.valueAt-1], len(r.Raw()), word) // the code is the last byte of the header
		}
	}
}

func (t *Telegram) addKamstrupWord(code byte, size int, word uint64) {
	for i := range kamstrupWords {
		if w := &kamstrupWords[i]; w.code == code && w.size == size {
			t.addWord(word, w.flags)
		}
	}
}
