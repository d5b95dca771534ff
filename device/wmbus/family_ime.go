package wmbus

// familyIME are IME electricity meters on wired M-Bus (Conto, Nemo). Behind FF
// stand the maker's code of the quantity and then a VIF with its VIFEs; no
// description is public: the meanings come from telegrams of which the values
// are known, and the telegram is marked for that (docs/protocol/families.md#ime).
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
	phases   *[3]Qualifiers // by the lowest bits of the tariff, where bit 3 of it is set
}

var (
	imePhases     = [3]Qualifiers{PhaseL1, PhaseL2, PhaseL3}
	imePhasePairs = [3]Qualifiers{PhaseL1L2, PhaseL2L3, PhaseL3L1}
)

var imeCodes = [...]imeMeaning{
	{code: 0x80, table: primaryVIF, quantity: Energy, unit: UnitKWh},
	{code: 0x81, table: primaryVIF, quantity: ReactiveEnergy, unit: UnitKVarh},
	{code: 0x87, table: extensionFD, quantity: Voltage, unit: UnitVolt, phases: &imePhases},
	{code: 0x88, table: extensionFD, quantity: Voltage, unit: UnitVolt, phases: &imePhasePairs},
	{code: 0x89, table: extensionFD, quantity: Current, unit: UnitAmpere, phases: &imePhases},
	{code: 0x8A, table: extensionFD, quantity: Frequency, unit: UnitHertz},
}

// imeFrequency is tenths of a hertz; the other codes of the Nemo are standard
// VIFs with the maker's mark.
var imeFrequency = []makerMeaning{{code: 0x5A, quantity: Frequency, unit: UnitHertz, exp: -1}}

func refineIME(t *Telegram) {
	t.nameMakerCodes(imeFrequency)
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

const imePhaseTariff = 8

// name gives the record its meaning, where it has one; vifs is the VIF with its
// VIFEs.
func (m *imeMeaning) name(r *Record, vifs []byte) bool {
	scale := m.table[vifs[0]&^extensionBit]
	if r.Value.kind != NumberValue || scale.quantity == Unknown || scale.mul > 1 {
		return false
	}
	r.Quantity, r.Unit = m.quantity, m.unit
	r.Value.exp += int16(scale.exp)
	r.Qualifiers &^= MakerVIFE
	for _, vife := range vifs[1:] {
		r.Qualifiers |= combinableVIFE[vife&^extensionBit].add
	}
	if phase := int(r.Tariff) - imePhaseTariff; m.phases != nil && phase >= 0 && phase < len(m.phases) {
		r.Qualifiers |= m.phases[phase]
		r.Tariff = 0
	}
	return true
}
