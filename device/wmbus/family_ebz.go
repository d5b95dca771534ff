package wmbus

// familyEBZ are the eBZ electricity meters: the maker's codes 1 to 3 are the
// phases (docs/protocol/families.md#ebz).
var familyEBZ = family{
	name:   "ebz",
	models: models("EBZ", nil, []int{0x02}),
	refine: refineEBZ,
}

var ebzCodes = []makerMeaning{
	{base: Power, code: 1, add: PhaseL1},
	{base: Power, code: 2, add: PhaseL2},
	{base: Power, code: 3, add: PhaseL3},
}

// refineEBZ also adds the power of all phases together, which these meters do
// not send.
func refineEBZ(t *Telegram) {
	t.nameMakerCodes(ebzCodes)
	sum, phases, last := Value{kind: NumberValue}, Qualifiers(0), (*Record)(nil)
	for i := range t.Records {
		r := &t.Records[i]
		phase := r.Qualifiers & (PhaseL1 | PhaseL2 | PhaseL3)
		switch {
		case r.Quantity != Power || r.Storage != 0 || r.Value.kind != NumberValue:
		case r.Qualifiers == 0:
			return // it does
		case phase != 0 && phase&phases == 0:
			phases |= phase
			sum = sum.plus(r.Value)
			last = r
		}
	}
	if phases == PhaseL1|PhaseL2|PhaseL3 {
		unit, at := last.Unit, last.Offset
		*t.newRecord() = Record{Quantity: Power, Value: sum, Unit: unit, Qualifiers: Derived, Offset: at}
	}
}
