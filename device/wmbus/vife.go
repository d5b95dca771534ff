package wmbus

import "math/bits"

// Qualifiers say what a record's value is beyond its quantity: the upper
// limit of it, its backward part, that of phase L1. It is a set.
type Qualifiers uint64

// The qualifiers of combinable VIFEs.
const (
	Average Qualifiers = 1 << iota
	RelativeDeviation
	InverseProfile
	RegisterProfile
	ForwardProfile
	Derived // not sent as a record: taken out of a compact profile, or a date counted back
	StandardConformant
	Uncorrected
	Forward  // only positive contributions are added up
	Backward // only negative contributions, by their absolute value
	NonMetric
	BaseConditions
	OBISDeclared
	LowerLimit
	UpperLimit
	FirstExceed
	LastExceed
	BeginOf
	EndOf
	DuringExceed
	Leakage
	OverflowValue
	FutureValue
	PhaseL1
	PhaseL2
	PhaseL3
	Neutral
	PhaseL1L2
	PhaseL2L3
	PhaseL3L1
	Quadrant1
	Quadrant2
	Quadrant3
	Quadrant4
	ImportMinusExport
	SecondarySensor
	HigherResolution
	AccumulationAbsolute
	DataTypeC
	DataTypeD
	FromPartner
	ToPartner
	ErrorNoData
	ErrorOverflow
	ErrorUnderflow
	ErrorData
	ErrorPremature
	ErrorOther
	MakerVIFE
	ReservedVIFE
	Uncertain // inferred from few telegrams, not confirmed by a document
	qualifierEnd
)

// recordErrors are qualifiers that mark a doubtful value; with valueErrors there is
// no value at all.
const (
	recordErrors = ErrorOverflow | ErrorUnderflow | ErrorData | valueErrors
	valueErrors  = ErrorNoData | ErrorPremature | ErrorOther
)

// profiles are the three kinds of compact profile.
const profiles = InverseProfile | RegisterProfile | ForwardProfile

var qualifierWords = [...]string{
	"average", "relative_deviation", "inverse_profile", "register_profile", "profile", "derived",
	"standard_conformant", "uncorrected", "forward", "backward", "non_metric", "base_conditions", "obis",
	"lower_limit", "upper_limit", "first", "last", "begin", "end", "during_exceed", "leakage", "overflow", "future",
	"phase_l1", "phase_l2", "phase_l3", "neutral", "phase_l1_l2", "phase_l2_l3", "phase_l3_l1",
	"quadrant_1", "quadrant_2", "quadrant_3", "quadrant_4", "import_minus_export", "secondary_sensor",
	"higher_resolution", "absolute", "type_c", "type_d", "from_partner", "to_partner",
	"error_no_data", "error_overflow", "error_underflow", "error_data", "error_premature_end", "error_other",
	"manufacturer_vife", "reserved_vife", "uncertain",
}

// first is the lowest qualifier of the set, alone.
func (q Qualifiers) first() Qualifiers { return q & -q }

// Has reports whether all of some are in the set.
func (q Qualifiers) Has(some Qualifiers) bool { return q&some == some }

// Words lists the set in fixed order; nil when empty.
func (q Qualifiers) Words() []string {
	var words []string
	for rest := q; rest != 0; rest &= rest - 1 {
		words = append(words, rest.first().String())
	}
	return words
}

// String returns the word of a single qualifier, "upper_limit"; of several it is
// that of the first.
func (q Qualifiers) String() string {
	if q == 0 || q >= qualifierEnd {
		return ""
	}
	return qualifierWords[bits.TrailingZeros64(uint64(q))]
}

// Per says by what a value is divided or multiplied, so that its unit is not
// the unit of the quantity alone.
type Per uint8

// The relations of combinable VIFEs 20 to 38.
const (
	PerNothing Per = iota
	PerSecond
	PerMinute
	PerHour
	PerDay
	PerWeek
	PerMonth
	PerYear
	PerRevolution
	PerPulseInput0
	PerPulseInput1
	PerPulseOutput0
	PerPulseOutput1
	PerLitre
	PerM3
	PerKg
	PerKelvin
	PerKWh
	PerGJ
	PerKW
	PerKelvinLitre
	PerVolt
	PerAmpere
	TimesSecond
	TimesSecondPerVolt
	TimesSecondPerAmpere
)

var perWords = [...]string{
	"", "per_second", "per_minute", "per_hour", "per_day", "per_week", "per_month", "per_year", "per_revolution",
	"per_pulse_input_0", "per_pulse_input_1", "per_pulse_output_0", "per_pulse_output_1",
	"per_litre", "per_m3", "per_kg", "per_kelvin", "per_kwh", "per_gj", "per_kw", "per_kelvin_litre",
	"per_volt", "per_ampere", "times_second", "times_second_per_volt", "times_second_per_ampere",
}

// String returns the word of the relation: "per_hour".
func (p Per) String() string {
	if int(p) < len(perWords) {
		return perWords[p]
	}
	return ""
}

// vife is what one combinable code does to a record.
type vife struct {
	add      Qualifiers
	quantity Quantity // what the record becomes, of its base quantity
	unit     Unit     // with quantity
	date     bool     // the value is a date
	scale    int8     // times 10^scale
	scaled   bool
	offset   int8 // plus 10^offset in the unit of the VIF
	shifted  bool
	per      Per
}

// combinableVIFE is the table of docs/protocol/records.md#combinable-vife, bits 6 to 0. The record
// errors 15 to 18 are those of EN 13757-3 itself: no data, overflow,
// underflow, data error.
var combinableVIFE = makeVIFETable()

func makeVIFETable() *[128]vife {
	table := new([128]vife)
	for code := range table {
		table[code] = vife{add: ReservedVIFE}
	}
	for code := range 0x12 {
		table[code] = vife{add: ErrorOther}
	}
	table[0] = vife{} // no error
	for code, add := range map[byte]Qualifiers{
		0x12: Average, 0x13: InverseProfile, 0x14: RelativeDeviation,
		0x15: ErrorNoData, 0x16: ErrorOverflow, 0x17: ErrorUnderflow, 0x18: ErrorData, 0x1C: ErrorPremature,
		0x1D: StandardConformant, 0x1E: RegisterProfile, 0x1F: ForwardProfile,
		0x3A: Uncorrected, 0x3B: Forward, 0x3C: Backward, 0x3D: NonMetric, 0x3E: BaseConditions, 0x3F: OBISDeclared,
		0x40: LowerLimit, 0x48: UpperLimit, 0x68: LowerLimit | DuringExceed, 0x6C: UpperLimit | DuringExceed,
		0x69: Leakage, 0x6D: OverflowValue, 0x7E: FutureValue, 0x7F: MakerVIFE,
	} {
		table[code] = vife{add: add}
	}
	for i := range PerPulseOutput1 { // 20 to 2B
		table[0x20+int(i)] = vife{per: PerSecond + i}
	}
	for i := range TimesSecondPerAmpere - PerLitre + 1 { // 2C to 38
		table[0x2C+int(i)] = vife{per: PerLitre + i}
	}
	table[0x39] = vife{quantity: StartDate, date: true}
	table[0x41] = vife{add: LowerLimit, quantity: LimitExceedCount}
	table[0x49] = vife{add: UpperLimit, quantity: LimitExceedCount}
	fillLimitVIFE(table)
	for n := range 8 {
		table[0x70+n] = vife{scaled: true, scale: int8(n - 6)}
	}
	for n := range 4 {
		table[0x78+n] = vife{shifted: true, offset: int8(n - 3)}
	}
	table[0x7D] = vife{scaled: true, scale: 3}
	return table
}

// fillLimitVIFE fills the dates and durations of limits being exceeded: u is
// lower or upper, f is first or last, b is begin or end.
func fillLimitVIFE(table *[128]vife) {
	limit := [2]Qualifiers{LowerLimit, UpperLimit}
	order := [2]Qualifiers{FirstExceed, LastExceed}
	side := [2]Qualifiers{BeginOf, EndOf}
	for f := range 2 {
		for b := range 2 {
			for u := range 2 { // 100 uf1b
				table[0x42|u<<3|f<<2|b] = vife{add: limit[u] | order[f] | side[b], quantity: EventDate, date: true}
			}
			table[0x6A|f<<2|b] = vife{add: order[f] | side[b], quantity: EventDate, date: true} // 110 1f1b
		}
		for n, unit := range secondsToDays {
			for u := range 2 { // 101 ufnn
				table[0x50|u<<3|f<<2|n] = vife{add: limit[u] | order[f], quantity: LimitExceedDuration, unit: unit}
			}
			table[0x60|f<<2|n] = vife{add: order[f], quantity: Duration, unit: unit} // 110 0fnn
		}
	}
}

// extendedVIFE is the table behind combinable VIFE 7C
// (docs/protocol/records.md#extended-vife).
var extendedVIFE = [...]vife{
	0x01: {add: PhaseL1}, 0x02: {add: PhaseL2}, 0x03: {add: PhaseL3}, 0x04: {add: Neutral},
	0x05: {add: PhaseL1L2}, 0x06: {add: PhaseL2L3}, 0x07: {add: PhaseL3L1},
	0x08: {add: Quadrant1}, 0x09: {add: Quadrant2}, 0x0A: {add: Quadrant3}, 0x0B: {add: Quadrant4},
	0x0C: {add: ImportMinusExport}, 0x0D: {add: NonMetric}, 0x0E: {add: SecondarySensor}, 0x0F: {add: HigherResolution},
	0x10: {add: AccumulationAbsolute}, 0x11: {add: DataTypeC}, 0x12: {add: DataTypeD},
	0x13: {quantity: EndDate, date: true}, 0x14: {add: FromPartner}, 0x15: {add: ToPartner},
}
