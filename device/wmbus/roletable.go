package wmbus

import "slices"

// roleRule gives a role to the records that it takes. Fields that are zero take any,
// but for functions: extremes takes maxima and minima, all takes every function, and
// without either a rule takes instantaneous values.
type roleRule struct {
	role          RecordRole
	first, last   uint64 // storage numbers; last 0 is any
	zero          bool   // storage 0 only
	tariff        uint32
	subunit       uint16
	plain         bool // no subunit, no tariff, no qualifiers
	quantity      Quantity
	qualifier     Qualifiers
	extremes, all bool
}

// takes tells whether the rule is about a record.
func (m *roleRule) takes(r *Record) bool {
	extreme := r.Function == Maximum || r.Function == Minimum
	return (m.last == 0 || r.Storage >= m.first && r.Storage <= m.last) &&
		(!m.zero || r.Storage == 0) &&
		(m.tariff == 0 || m.tariff == r.Tariff) &&
		(m.subunit == 0 || m.subunit == r.Subunit) &&
		(!m.plain || r.Subunit == 0 && r.Tariff == 0 && r.Qualifiers == 0) &&
		(m.quantity == Unknown || m.quantity == r.Quantity) &&
		r.Qualifiers&m.qualifier == m.qualifier &&
		(m.all || m.extremes && extreme || !m.extremes && r.Function == Instantaneous) &&
		r.Qualifiers&profiles == 0
}

// at is the rule for a row of storage numbers.
func at(role RecordRole, first, last uint64) roleRule {
	return roleRule{role: role, first: first, last: last}
}

// roleTable is the rules for some meters, the first that takes a record is used.
type roleTable struct {
	models []model
	rules  []roleRule
}

// roleTables is what the makers' numbers mean (docs/protocol/roles.md#rules-by-maker).
// The first table that fits a meter is used.
var roleTables = [...]roleTable{
	{withCI(forMakers("SAP", "DME", "HYD", "EWT", "SPL"), 0xA0, 0xA7), []roleRule{at(RoleDueDate, 1, 1)}},
	{models("QDS", nil, []int{0x1A}), []roleRule{at(RoleTest, 4, 4), at(RoleAlarm, 6, 6)}},
	{models("QDS", nil, nil), []roleRule{at(RoleDueDate, 1, 1), at(RoleMonthEnd, 17, 17)}},
	{models("LSE", nil, nil), []roleRule{at(RoleDueDate, 1, 1), at(RoleMonthEnd, 8, 8), at(RoleMonthEnd, 17, 17)}},
	{
		slices.Concat(models("DWZ", []int{0x00, 0x02}, nil), models("EFE", []int{0x00, 0x03, 0x70}, waterTypes)),
		[]roleRule{at(RoleDueDate, 1, 1), at(RoleMonthEnd, 2, 16)},
	},
	{slices.Concat(models("EFE", nil, heatTypes), models("MAD", []int{0x00}, heatTypes)), []roleRule{at(RoleHalfMonth, 2, 31)}},
	{models("EFE", []int{0x31}, []int{0x08}), []roleRule{at(RoleDueDate, 1, 1)}},
	{slices.Concat(models("DME", []int{0x70}, waterTypes), models("HYD", []int{0x8B}, waterTypes)), []roleRule{at(RoleDueDate, 1, 1), at(RoleMonthEnd, 3, 3)}},
	{slices.Concat(models("DME", []int{0x40}, nil), models("HYD", []int{0x20}, nil)), []roleRule{at(RoleDueDate, 5, 5)}},
	{models("DME", []int{0x41}, nil), []roleRule{
		{role: RoleCooling, tariff: 1, quantity: Energy, all: true}, {role: RoleCooling, tariff: 2, quantity: Volume, all: true},
	}},
	{models("DME", []int{0x63}, nil), []roleRule{at(RoleDueDate, 8, 8)}},
	{models("SON", nil, heatTypes), []roleRule{at(RoleDueDate, 20, 20)}},
	{models("AXI", []int{0x0B, 0x0C}, nil), []roleRule{
		{role: RoleHeating, quantity: Energy, qualifier: Forward}, {role: RoleCooling, quantity: Energy, qualifier: Backward},
		at(RoleMonthEnd, 16, 16),
	}},
	{models("IST", nil, slices.Concat(heatTypes, waterTypes)), []roleRule{at(RoleDueDate, 1, 1), at(RoleMonthEnd, 2, 2)}},
	{models("AMT", []int{0xF1}, nil), []roleRule{
		{role: RoleBackward, tariff: 1, quantity: Volume}, at(RoleDueDate, 1, 1), at(RoleMonthEnd, 3, 3),
	}},
	{models("IMT", []int{0x01}, nil), []roleRule{{role: RoleBackward, tariff: 1, quantity: Volume}}},
	{models("MAD", []int{0x50}, nil), []roleRule{
		at(RoleDueDate, 1, 1), at(RoleDueDatePrevious, 2, 2), {role: RoleMaximumPeriod, first: 3, last: 3, all: true}, at(RoleMonthEnd, 8, 19),
	}},
	{models("TCH", []int{0x17}, []int{0x04}), []roleRule{at(RoleDueDate, 8, 8)}},
	{withCI(models("TCH", nil, []int{0x04, 0x43, 0x45, 0xC3, 0x62, 0x72, 0x80}), 0xA0, 0xA2), []roleRule{at(RoleDueDate, 1, 1)}},
	{zennerWater, []roleRule{at(RoleMonthStart, 1, 1), at(RoleMonthStart, 8, 31)}},
	{zennerISF, []roleRule{{role: RoleCooling, tariff: 1, all: true}, at(RoleDueDate, 8, 8), at(RoleMonthEnd, 32, 45)}},
	{models("ZRI", []int{0x99}, []int{0x07}), []roleRule{at(RoleDueDate, 1, 1), at(RoleMonthEnd, 30, 30)}},
	{models("ZRI", []int{0x0B}, []int{0x07, 0x16}), []roleRule{at(RoleDueDate, 1, 1)}},
	{
		slices.Concat(models("AAA", []int{0x55, 0x25}, nil), models("INE", []int{0x55}, nil), models("RAM", []int{0x55}, nil)),
		[]roleRule{at(RoleMonthEnd, 1, 31)},
	},
	{models("LAS", []int{0x07}, []int{0x1B}), []roleRule{at(RoleLastHour, 1, 1), at(RoleLastDay, 2, 2)}},
	{models("BMT", []int{0x10}, []int{0x1B}), []roleRule{
		at(RoleLastHour, 1, 1), at(RoleLastDay, 2, 2),
		{role: RoleLastHour, zero: true, extremes: true}, {role: RoleLastDay, first: 1, last: 1, extremes: true},
	}},
	{models("BMT", []int{0x1A}, []int{0x0D}), []roleRule{
		{role: RoleCooling, tariff: 1, all: true}, {role: RoleInput1, subunit: 1, all: true}, {role: RoleInput2, subunit: 2, all: true},
	}},
	{models("GSS", []int{0x01}, []int{0x02}), []roleRule{at(RoleDayEnd, 2, 2)}},
	{models("EIE", []int{0x0C}, []int{0x1A}), []roleRule{
		{role: RoleAlarm, tariff: 1, subunit: 1}, {role: RoleRemoval, tariff: 2, subunit: 1}, {role: RoleTest, tariff: 3, subunit: 1},
		{role: RoleInstallation, tariff: 2, quantity: DateQuantity}, {role: RoleTest, first: 1, last: 1, quantity: DateQuantity},
	}},
	{models("APA", []int{0x04, 0x09, 0x0D}, []int{0x08}), []roleRule{{role: RoleDueDate, first: 1, last: 1, quantity: HeatCostAllocation}}},
	{models("APT", []int{0x04}, []int{0x08}), []roleRule{{role: RoleDueDate, first: 1, last: 1, quantity: HeatCostAllocation}}},
	{models("BFW", []int{0x02}, []int{0x08}), []roleRule{at(RoleDueDate, 1, 1), at(RoleMonthEnd, 2, 19)}},
	{models("ABB", []int{0x20}, []int{0x02}), []roleRule{
		{role: RoleImport, plain: true, quantity: Energy}, {role: RoleExport, subunit: 1, quantity: Energy}, {role: RoleImport, subunit: 2, quantity: ReactiveEnergy},
		{role: RoleExport, subunit: 3, quantity: ReactiveEnergy},
	}},
}

var roleTablesOf = indexMakers(pointers(roleTables[:]), func(t *roleTable) []model { return t.models })

// roleRules finds the rules of the telegram's meter, nil if there are none.
func (t *Telegram) roleRules() []roleRule {
	a := t.Header.Meter
	for _, table := range roleTablesOf.find(a.Manufacturer) {
		for i := range table.models {
			if table.models[i].matches(a, t.layers.header.CI, t.layers.tpl.config) {
				return table.rules
			}
		}
	}
	return nil
}
