package wmbus

// familyEngelmann are Engelmann heat meters (SensoStar, also sold by Maddalena)
// and familyItron the Itron meters: in both the standard's error flags stand for
// errors only, so that a word that is not zero is an alarm. Which error it is, is
// known of one bit (docs/protocol/families.md#engelmann).
var (
	familyEngelmann = family{
		name: "engelmann",
		models: append(
			models("EFE", nil, []int{int(TypeHeat), int(TypeHeatFlow), int(TypeHeatCooling)}),
			models("MAD", []int{0x00}, []int{int(TypeHeat), int(TypeHeatFlow), int(TypeHeatCooling)})...),
		refine: refineSensoStar,
	}
	familyItron = family{
		name:   "itron",
		models: forMakers("ITW", "ITR"),
		refine: func(t *Telegram) { t.refineErrorFlags(nil) },
	}
)

var engelmannErrors = []flag{{1 << 4, StatusFlowSensor}}

// refineErrorFlags translates the current error flags.
func (t *Telegram) refineErrorFlags(table []flag) {
	for i := range t.Records {
		r := &t.Records[i]
		if r.Quantity != ErrorFlags || r.Storage != 0 || r.Function != Instantaneous {
			continue
		}
		word, ok := r.unsigned()
		if !ok || word == 0 {
			continue
		}
		before := t.Status
		t.addFlags(word, table)
		if t.Status == before {
			t.Status.Add(StatusAlarm)
		}
	}
}
