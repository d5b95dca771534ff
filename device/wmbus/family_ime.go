package wmbus

// familyIME are IME electricity meters on wired M-Bus (Conto). FF is
// followed by the manufacturer's code of the quantity and then a VIF with its VIFEs.
// No description is public: the meanings come from telegrams with known values, and
// the telegram is marked for that
// (docs/protocol/families.md#ime).
var familyIME = family{
	name:   "ime",
	models: models("IME", nil, []int{0x02}),
	refine: refineIME,
}

// imeMeaning is what a code says; the VIF behind it is looked up in a table of
// the standard, and its figure is counted in the unit given here.
type imeMeaning struct {
	code     byte
	table    *[128]vif
	quantity Quantity
	unit     Unit
	exp      int8           // beyond the scale of the VIF
	phases   *[3]Qualifiers // of tariffs 8 to 10
	function Function
	add      Qualifiers
}

var (
	imePhases     = [3]Qualifiers{PhaseL1, PhaseL2, PhaseL3}
	imePhasePairs = [3]Qualifiers{PhaseL1L2, PhaseL2L3, PhaseL3L1}
)

// wattsOfKW is the scale of numbers that count what the VIF of a power calls
// watts.
const wattsOfKW = 3

var imeCodes = [...]imeMeaning{
	{code: 0x80, table: primaryVIF, quantity: Energy, unit: UnitKWh},
	{code: 0x81, table: primaryVIF, quantity: ReactiveEnergy, unit: UnitKVarh},
	{code: 0x84, table: primaryVIF, quantity: Power, unit: UnitKW, phases: &imePhases},
	{code: 0x85, table: primaryVIF, quantity: ReactivePower, unit: UnitKVar, phases: &imePhases},
	{code: 0x86, table: primaryVIF, quantity: ApparentPower, unit: UnitKVA, phases: &imePhases},
	{code: 0x87, table: extensionFD, quantity: Voltage, unit: UnitVolt, phases: &imePhases},
	{code: 0x88, table: extensionFD, quantity: Voltage, unit: UnitVolt, phases: &imePhasePairs},
	{code: 0x89, table: extensionFD, quantity: Current, unit: UnitAmpere, phases: &imePhases},
	{code: 0x8A, table: extensionFD, quantity: Frequency, unit: UnitHertz},
	{code: 0x8B, table: primaryVIF, quantity: PowerFactor, exp: wattsOfKW, phases: &imePhases},
	{code: 0x8D, table: primaryVIF, quantity: Power, unit: UnitKW, add: Average},
	{code: 0x8E, table: primaryVIF, quantity: Power, unit: UnitKW, function: Maximum, add: Average},
	{code: 0x8F, table: primaryVIF, quantity: OperatingTime, unit: UnitMinute},
	{code: 0x90, table: primaryVIF, quantity: PulseCount, exp: wattsOfKW},
	{code: 0x92, table: primaryVIF, quantity: CurrentRatio, exp: wattsOfKW},
	{code: 0x93, table: primaryVIF, quantity: VoltageRatio, exp: wattsOfKW},
}

func refineIME(t *Telegram) {
	for i := range t.Records {
		r := &t.Records[i]
		if r.Quantity != Unknown || r.Qualifiers&MakerVIFE == 0 {
			continue
		}
		code := r.makerCode()
		for j := range imeCodes {
			if m := &imeCodes[j]; len(code) > 1 && m.code == code[0] && m.name(r, code[1:]) {
				t.Notes |= NoteUnit
				break
			}
		}
	}
}

// The meaning of tariffs beyond the four that are tariffs; 6 is a part that can be
// reset.
const (
	imeTotal      = 5
	imeThreePhase = 7
	imePhaseL1    = 8
)

// name gives the record its meaning, if it has one; vifs is the VIF with its VIFEs.
func (m *imeMeaning) name(r *Record, vifs []byte) bool {
	scale := m.table[vifs[0]&^extensionBit]
	if r.Value.kind != NumberValue || scale.quantity == Unknown || scale.mul > 1 {
		return false
	}
	r.Quantity, r.Unit = m.quantity, m.unit
	r.Value.exp += int16(scale.exp + m.exp)
	r.Function = max(r.Function, m.function)
	r.Qualifiers = r.Qualifiers&^MakerVIFE | m.add
	for _, vife := range vifs[1:] {
		r.Qualifiers |= combinableVIFE[vife&^extensionBit].add
	}
	switch phase := int(r.Tariff) - imePhaseL1; {
	case r.Tariff == imeTotal || r.Tariff == imeThreePhase:
		r.Tariff = 0
	case m.phases != nil && phase >= 0 && phase < len(m.phases):
		r.Qualifiers |= m.phases[phase]
		r.Tariff = 0
	}
	return true
}
