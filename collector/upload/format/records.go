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
	for _, word := range (v.Qualifiers & variants).Words() {
		key += "_" + word
	}
	if v.Tariff > 0 {
		key += "_tariff_" + strconv.FormatUint(uint64(v.Tariff), 10)
	}
	if v.Subunit > 0 {
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
