package wmbus

// familyHydrocalm are the heat and cooling meters Hydrocalm 3: records with equal
// headers, told apart by their order (docs/protocol/families.md#hydrocalm).
var familyHydrocalm = family{
	name:   "hydrocalm 3",
	models: models("BMT", []int{0x0B}, []int{0x0D}),
	refine: refineHydrocalm,
}

// hydrocalmOrder is what the records of a quantity are, first to last.
var hydrocalmOrder = [...]struct {
	quantity Quantity
	roles    []RecordRole
}{
	{Energy, []RecordRole{RoleHeating, RoleCooling}},
	{Volume, []RecordRole{RoleHeating, RoleCooling, RoleInput1, RoleInput2}},
}

func refineHydrocalm(t *Telegram) {
	for i := range hydrocalmOrder {
		of, n := &hydrocalmOrder[i], 0
		for j := range t.Records {
			if r := &t.Records[j]; r.Quantity == of.quantity && r.Current() && n < len(of.roles) {
				r.Role = of.roles[n]
				n++
			}
		}
	}
}
