package wmbus

import "slices"

// Electricity meters that distinguish phases and kinds of energy by manufacturer
// codes, subunits or storage numbers (docs/protocol/families.md#electricity-meters).
var (
	familyNemo = family{
		name:   "nemo",
		models: models("IME", []int{0x1D}, []int{0x02}),
		refine: refineNemo,
	}
	familyEltako = family{
		name:   "eltako",
		models: models("ELT", []int{0x01}, []int{0x02}),
		refine: func(t *Telegram) {
			t.nameMakerCodes(eltakoCodes)
			t.nameSubunits(eltakoSubunits)
			t.nameStorages(eltakoStorages)
		},
	}
	familyESY = family{
		name:   "esy",
		models: models("ESY", nil, []int{0x02, 0x37}),
		refine: func(t *Telegram) { t.nameMakerCodes(phaseCodes) },
	}
	// familyNZR are also meters of EMH.
	familyNZR = family{
		name:   "nzr",
		models: slices.Concat(models("NZR", []int{0x00}, []int{0x02}), models("EMH", []int{0x00}, []int{0x02})),
		refine: func(t *Telegram) { t.nameStorages(nzrStorages) },
	}
	familyGransystems = family{
		name:   "gransystems",
		models: models("GSS", []int{0x01}, []int{0x02}),
		refine: func(t *Telegram) { t.nameSubunits(gransystemsSubunits) },
	}
	familyABB = family{
		name:   "abb",
		models: models("ABB", []int{0x20}, []int{0x02}),
		refine: func(t *Telegram) {
			t.nameMakerCodes(abbCodes)
			t.nameSubunits(abbSubunits)
		},
	}
)

// phaseCodes are 1 to 3 for the phases, as most makers have them.
var phaseCodes = []makerMeaning{
	{base: Voltage, code: 1, add: PhaseL1}, {base: Voltage, code: 2, add: PhaseL2}, {base: Voltage, code: 3, add: PhaseL3},
	{base: Current, code: 1, add: PhaseL1}, {base: Current, code: 2, add: PhaseL2}, {base: Current, code: 3, add: PhaseL3},
	{base: Power, code: 1, add: PhaseL1}, {base: Power, code: 2, add: PhaseL2}, {base: Power, code: 3, add: PhaseL3},
}

// nemoCodes: 5A is tenths of a hertz.
var nemoCodes = append(slices.Clone(phaseCodes), []makerMeaning{
	{base: Voltage, code: 4, add: PhaseL1L2}, {base: Voltage, code: 5, add: PhaseL2L3}, {base: Voltage, code: 6, add: PhaseL3L1},
	{base: Current, code: 4, add: Neutral},
	{base: Dimensionless, code: 1, quantity: PowerFactor, add: PhaseL1},
	{base: Dimensionless, code: 2, quantity: PowerFactor, add: PhaseL2},
	{base: Dimensionless, code: 3, quantity: PowerFactor, add: PhaseL3},
	{code: 0x5A, quantity: Frequency, unit: UnitHertz, exp: -1},
}...)

var eltakoCodes = append(slices.Clone(phaseCodes), []makerMeaning{
	{base: Voltage, code: 0}, {base: Current, code: 0}, {base: Power, code: 0}, // of all phases
	{code: 0x68, quantity: CurrentRatio},
}...)

var abbCodes = append(slices.Clone(phaseCodes), []makerMeaning{
	{base: Energy, code: 1, add: PhaseL1}, {base: Energy, code: 2, add: PhaseL2}, {base: Energy, code: 3, add: PhaseL3},
	{base: Voltage, code: 5, add: PhaseL1L2}, {base: Voltage, code: 6, add: PhaseL2L3}, {base: Voltage, code: 7, add: PhaseL3L1},
	{code: 0x59, quantity: Frequency, unit: UnitHertz, exp: -2},
	{code: 0x60, quantity: PowerFactor, exp: -3},
}...)

// numberMeaning is what a subunit or a storage number makes of a quantity.
type numberMeaning struct {
	base     Quantity
	number   uint64
	quantity Quantity // Unknown leaves it
	unit     Unit     // with quantity; UnitNone leaves it
	add      Qualifiers
	keep     bool // the record keeps the number
}

var eltakoSubunits = []numberMeaning{
	{base: Power, number: 1, quantity: ReactivePower, keep: true},
}

var eltakoStorages = []numberMeaning{
	{base: Energy, number: 2, quantity: ReactiveEnergy, unit: UnitKVarh, keep: true},
}

var nzrStorages = []numberMeaning{
	{base: Voltage, number: 2, add: PhaseL1}, {base: Voltage, number: 4, add: PhaseL2}, {base: Voltage, number: 6, add: PhaseL3},
	{base: Current, number: 2, add: PhaseL1}, {base: Current, number: 4, add: PhaseL2}, {base: Current, number: 6, add: PhaseL3},
	{base: Power, number: 2, add: PhaseL1}, {base: Power, number: 4, add: PhaseL2}, {base: Power, number: 6, add: PhaseL3},
}

var gransystemsSubunits = []numberMeaning{
	{base: Voltage, number: 1, add: PhaseL1}, {base: Voltage, number: 2, add: PhaseL2}, {base: Voltage, number: 3, add: PhaseL3},
	{base: Current, number: 1, add: PhaseL1}, {base: Current, number: 2, add: PhaseL2}, {base: Current, number: 3, add: PhaseL3},
	{base: Power, number: 1, add: PhaseL1}, {base: Power, number: 2, add: PhaseL2}, {base: Power, number: 3, add: PhaseL3},
}

var abbSubunits = []numberMeaning{
	{base: Energy, number: 2, quantity: ReactiveEnergy, unit: UnitKVarh, keep: true}, {base: Energy, number: 3, quantity: ReactiveEnergy, unit: UnitKVarh, keep: true},
	{base: Energy, number: 4, quantity: ApparentEnergy, unit: UnitKVAh, keep: true}, {base: Energy, number: 5, quantity: ApparentEnergy, unit: UnitKVAh, keep: true},
	{base: Power, number: 2, quantity: ReactivePower, keep: true}, {base: Power, number: 4, quantity: ApparentPower, keep: true},
}

// nameSubunits applies a table of subunits.
func (t *Telegram) nameSubunits(table []numberMeaning) {
	for i := range t.Records {
		r := &t.Records[i]
		if m := findMeaning(table, r, uint64(r.Subunit)); m != nil && m.name(r) {
			r.Subunit = 0
		}
	}
}

// nameStorages applies a table of storage numbers.
func (t *Telegram) nameStorages(table []numberMeaning) {
	for i := range t.Records {
		r := &t.Records[i]
		if m := findMeaning(table, r, r.Storage); m != nil && m.name(r) {
			r.Storage = 0
		}
	}
}

func findMeaning(table []numberMeaning, r *Record, number uint64) *numberMeaning {
	for i := range table {
		if m := &table[i]; m.base == r.Quantity && m.number == number {
			return m
		}
	}
	return nil
}

// name gives the record its meaning, and tells whether its number has been used
// up.
func (m *numberMeaning) name(r *Record) bool {
	if m.quantity != Unknown {
		r.Quantity = m.quantity
	}
	if m.unit != UnitNone {
		r.Unit = m.unit
	}
	r.Qualifiers |= m.add
	return !m.keep
}

// refineNemo names what the subunits and tariffs of the Nemo mean: subunit 1 is
// active, 2 reactive; tariff 1 of the active energy is what was drawn.
func refineNemo(t *Telegram) {
	t.nameMakerCodes(nemoCodes)
	for i := range t.Records {
		r := &t.Records[i]
		switch {
		case r.Quantity == Energy && r.Subunit == 1 && r.Tariff == 1:
			r.Subunit, r.Tariff = 0, 0
		case r.Quantity == Energy && r.Subunit == 2: // in the unit of the VIF
			r.Quantity = ReactiveEnergy
		case r.Quantity == Power && r.Subunit == 2:
			r.Quantity = ReactivePower
		}
	}
}
