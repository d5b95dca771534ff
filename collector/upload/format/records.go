package format

import (
	"fmt"
	"strconv"
	"strings"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// variants are the qualifiers by which records of one quantity are entities of
// their own. silent are those that change nothing. A record with any other is
// not announced.
const (
	variants = wmbus.Average | wmbus.Uncorrected | wmbus.Forward | wmbus.Backward | wmbus.BaseConditions | wmbus.Leakage |
		wmbus.PhaseL1 | wmbus.PhaseL2 | wmbus.PhaseL3 | wmbus.Neutral | wmbus.PhaseL1L2 | wmbus.PhaseL2L3 | wmbus.PhaseL3L1 |
		wmbus.Quadrant1 | wmbus.Quadrant2 | wmbus.Quadrant3 | wmbus.Quadrant4 | wmbus.ImportMinusExport | wmbus.AccumulationAbsolute
	silent = wmbus.StandardConformant | wmbus.OBISDeclared | wmbus.HigherResolution | wmbus.NonMetric | wmbus.Uncertain
)

// separate are the roles by which records are entities of their own, with the numbers
// and qualifiers that mean the same: cooling energy is no heating energy.
var separate = map[wmbus.RecordRole]struct {
	tariff, subunit bool
	qualifier       wmbus.Qualifiers
}{
	wmbus.RoleHeating:  {qualifier: wmbus.Forward},
	wmbus.RoleCooling:  {tariff: true, qualifier: wmbus.Backward},
	wmbus.RoleImport:   {},
	wmbus.RoleExport:   {subunit: true},
	wmbus.RoleBackward: {tariff: true},
	wmbus.RoleInput1:   {subunit: true},
	wmbus.RoleInput2:   {subunit: true},
}

// roleWord is the role of a record that is an entity of its own by it; "" if it is the
// main register, or its qualifiers say the same.
func roleWord(v *reading.Record) string {
	role, is := separate[v.Role]
	main := v.Current() && (v.Role == wmbus.RoleHeating || v.Role == wmbus.RoleImport)
	if !is || main || v.Qualifiers&(wmbus.Forward|wmbus.Backward)&^role.qualifier != 0 {
		return ""
	}
	return v.Role.String()
}

// announced reports whether a record is an entity: the present value of
// something that is measured.
func announced(v *reading.Record) (kind, bool) {
	k, known := kinds[v.Quantity]
	return k, known && v.Function == wmbus.Instantaneous && v.Storage == 0 && v.Per == wmbus.PerNothing && v.Qualifiers&^(variants|silent) == 0 &&
		(v.Value.Kind() == wmbus.NumberValue || v.Value.Kind() == wmbus.NoValue)
}

// keyOf names a record among those of its meter: "volume", "energy_tariff_1".
func keyOf(v *reading.Record) string {
	key := v.Quantity.String()
	if v.Of != wmbus.Unknown {
		key += "_" + v.Of.String()
	}
	role, word := separate[v.Role], roleWord(v)
	for _, word := range (v.Qualifiers & variants &^ role.qualifier).Words() {
		key += "_" + word
	}
	if word != "" {
		key += "_" + word
	}
	if v.Tariff > 0 && !role.tariff {
		key += "_tariff_" + strconv.FormatUint(uint64(v.Tariff), 10)
	}
	if v.Subunit > 0 && !role.subunit {
		key += "_subunit_" + strconv.FormatUint(uint64(v.Subunit), 10)
	}
	return key
}

// wording is a key as a name: "Energy tariff 1".
func wording(key string) string {
	words := strings.ReplaceAll(key, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// recordTemplate finds the value of a record in earshot's format. If a message
// does not have the record, it yields nothing and never warns; Home Assistant
// keeps the last value then. Source: docs/protocol/homeassistant.md#templates.
func recordTemplate(v *reading.Record, factor float64) string {
	var b strings.Builder
	b.WriteString("value_json.records | default([])")
	text := func(attribute, word string) {
		if word == "" {
			fmt.Fprintf(&b, " | rejectattr('%s', 'defined')", attribute)
		} else {
			fmt.Fprintf(&b, " | selectattr('%s', 'eq', '%s')", attribute, word)
		}
	}
	text("quantity", v.Quantity.String())
	text("unit", v.Unit.String())
	text("function", v.Function.String())
	fmt.Fprintf(&b, " | selectattr('storage', 'eq', %d) | selectattr('tariff', 'eq', %d) | selectattr('subunit', 'eq', %d)", v.Storage, v.Tariff, v.Subunit)
	of := ""
	if v.Of != wmbus.Unknown {
		of = v.Of.String()
	}
	text("of", of)
	if words := v.Qualified(); len(words) > 0 {
		fmt.Fprintf(&b, " | selectattr('qualifiers', 'eq', ['%s'])", strings.Join(words, "', '"))
	} else {
		text("qualifiers", "")
	}
	if _, is := separate[v.Role]; is {
		text("role", v.Role.String())
	}
	b.WriteString(" | map(attribute='value')")
	if factor == 0 {
		return "{{ " + b.String() + " | first | default('') }}"
	}
	return fmt.Sprintf("{%% for v in (%s | select('number') | list)[:1] %%}{{ (v * %s) | round(6) }}{%% endfor %%}", b.String(), strconv.FormatFloat(factor, 'g', -1, 64))
}

// decimals is how many a value has, at most 3: a float has more than it means.
func decimals(value string) int {
	_, fraction, _ := strings.Cut(value, ".")
	if strings.ContainsAny(fraction, "eE") {
		return 3
	}
	return min(len(fraction), 3)
}
