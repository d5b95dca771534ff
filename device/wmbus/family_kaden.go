package wmbus

import "slices"

// familyKaden are Kaden water meters. They send a second, small register with the
// same header; what it counts is not known (docs/protocol/families.md#kaden).
var familyKaden = family{
	name:   "kaden water",
	models: slices.Concat(models("KDN", []int{0x01}, []int{0x07}), models("VIP", []int{0x01}, []int{0x07})),
	refine: refineKaden,
}

func refineKaden(t *Telegram) {
	first := true
	for i := range t.Records {
		r := &t.Records[i]
		if r.Quantity != Volume || !r.Current() {
			continue
		}
		if !first {
			r.Qualifiers |= Uncertain
		}
		first = false
	}
}
