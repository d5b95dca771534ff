package wmbus

// familyAxioma are the Axioma Qalcosonic meters. What they send as remaining
// battery life in one byte is a percentage: the standard's unit, days, would
// make a new meter last three months (docs/protocol/families.md#axioma).
var familyAxioma = family{
	name:   "axioma",
	models: forMakers("AXI"),
	refine: refineAxioma,
}

func refineAxioma(t *Telegram) {
	for i := range t.Records {
		r := &t.Records[i]
		if r.Quantity == BatteryLife && r.Unit == UnitDay && r.valueAt > 0 && r.bytes[0]&15 == 1 {
			r.Unit = UnitPercent
			t.Notes |= NoteUnit
		}
	}
}
