package imports

import "earshot/collector/site"

// radiatorWords are the names of columns about radiators, in Danish, German and English.
// They are weak: a typing error makes nothing else one of them.
var radiatorWords = []headerGroup{
	{field: RadiatorMake, weak: true, words: []string{"radiator_make", "radiator make", "make of radiator", "radiatorfabrikat", "radiator fabrikat", "radiatormærke", "heizkörperfabrikat", "heizkörperhersteller", "heizkörper hersteller", "hersteller heizkörper"}},
	{field: RadiatorModel, weak: true, words: []string{"radiator_model", "radiator model", "radiatormodel", "radiatortype", "radiator type", "type of radiator", "heizkörpertyp", "heizkörpermodell", "heizkörper typ", "heizkörperbauart"}},
	{field: RadiatorLength, weak: true, words: []string{"radiator_length", "radiator length", "radiator længde", "radiatorlængde", "heizkörperlänge", "heizkörper länge", "baulänge"}},
	{field: RadiatorHeight, weak: true, words: []string{"radiator_height", "radiator height", "radiator højde", "radiatorhøjde", "heizkörperhöhe", "heizkörper höhe", "bauhöhe"}},
	{field: RadiatorDepth, weak: true, words: []string{"radiator_depth", "radiator depth", "radiator dybde", "radiatordybde", "heizkörpertiefe", "heizkörper tiefe", "bautiefe"}},
	{field: RadiatorOutput, weak: true, words: []string{"radiator_output", "radiator output", "heat output", "radiator ydelse", "radiatorydelse", "varmeydelse", "heizkörperleistung", "heizkörper leistung", "wärmeleistung", "normwärmeleistung"}},
	{field: RadiatorDeltaT, weak: true, words: []string{"radiator_output_at", "output at", "ydelse ved", "leistung bei"}},
	{field: Mounting, weak: true, words: []string{"mounting", "mounting point", "monteringspunkt", "monteringssted", "montagepunkt", "befestigungspunkt"}},
	{field: Scale, weak: true, words: []string{"scale", "skala", "skalatype", "skalenart"}},
	{field: ScaleFactor, weak: true, words: []string{"scale_factor", "scale factor", "skalafaktor", "skalenfaktor", "bewertungsfaktor"}},
	{field: Sensors, weak: true, words: []string{"sensors", "følere", "antal følere", "fühler", "anzahl fühler"}},
	{field: Sealed, weak: true, words: []string{"sealed", "plomberet", "verplombt"}},
}

// radiatorParts are the fields of radiators, in the order of the columns of a list.
var radiatorParts = []struct {
	field Field
	of    func(*site.Radiator) *string
}{
	{RadiatorMake, func(r *site.Radiator) *string { return &r.Make }},
	{RadiatorModel, func(r *site.Radiator) *string { return &r.Model }},
	{RadiatorLength, func(r *site.Radiator) *string { return &r.Length }},
	{RadiatorHeight, func(r *site.Radiator) *string { return &r.Height }},
	{RadiatorDepth, func(r *site.Radiator) *string { return &r.Depth }},
	{RadiatorOutput, func(r *site.Radiator) *string { return &r.Output }},
	{RadiatorDeltaT, func(r *site.Radiator) *string { return &r.DeltaT }},
	{Mounting, func(r *site.Radiator) *string { return &r.Mounting }},
	{Scale, func(r *site.Radiator) *string { return &r.Scale }},
	{ScaleFactor, func(r *site.Radiator) *string { return &r.Factor }},
	{Sensors, func(r *site.Radiator) *string { return &r.Sensors }},
	{Sealed, func(r *site.Radiator) *string { return &r.Sealed }},
}

// radiatorColumns are the names of the columns that are written, none if no row has a
// radiator.
func (r *Result) radiatorColumns() (names []string) {
	if r == nil {
		return nil
	}
	for i := range r.Rows {
		if r.Rows[i].Meter.Radiator != nil {
			for _, part := range radiatorParts {
				names = append(names, part.field.String())
			}
			return names
		}
	}
	return nil
}

// radiatorOf is the radiator of a meter, a new one if it has none.
func radiatorOf(m *site.Meter) *site.Radiator {
	if m.Radiator == nil {
		m.Radiator = &site.Radiator{}
	}
	return m.Radiator
}

// radiatorCells are the cells of those columns.
func radiatorCells(m *site.Meter, columns []string) (cells []string) {
	radiator := m.Radiator
	if radiator == nil {
		radiator = &site.Radiator{}
	}
	for i := range columns {
		cells = append(cells, protected(*radiatorParts[i].of(radiator)))
	}
	return cells
}
