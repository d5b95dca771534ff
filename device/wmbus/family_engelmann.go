package wmbus

import "slices"

// familyEngelmann are Engelmann heat meters, SensoStar, also sold by Maddalena
// (docs/protocol/families.md#engelmann).
var familyEngelmann = family{
	name:   "engelmann",
	models: slices.Concat(models("EFE", nil, heatTypes), models("MAD", []int{0x00}, heatTypes)),
	refine: refineSensoStar,
}
