package wmbus

import "strconv"

// RecordRole says what a storage number, a tariff, a subunit or a qualifier makes of
// a record: the reading at the due date, that of phase L1 (docs/protocol/roles.md).
type RecordRole uint8

// The roles. Where the maker's rule is not known there is none.
const (
	RoleNone            RecordRole = iota
	RoleDueDate                    // at the due date, or the end of the billing period
	RoleDueDatePrevious            // the one before
	RoleMonthEnd                   // at the end of a month
	RoleMonthStart                 // at the beginning of a month
	RoleHalfMonth                  // at the 15th or the last day of a month
	RoleDayEnd                     // at the end of a day
	RoleDifference                 // from one date to another
	RoleMaximumPeriod              // of the period in which a maximum was
	RoleLastHour                   // over the last hour
	RoleLastDay                    // over the last 24 hours
	RoleHeating
	RoleCooling
	RoleImport
	RoleExport
	RoleBackward
	RolePhase1
	RolePhase2
	RolePhase3
	RolePhases12
	RolePhases23
	RolePhases31
	RoleNeutral
	RoleInput1
	RoleInput2
	RoleAlarm
	RoleTest
	RoleRemoval
	RoleInstallation
	roleCount
)

var recordRoleWords = [roleCount]string{
	"", "due_date", "due_date_previous", "month_end", "month_start", "half_month", "day_end", "difference", "maximum_period", "last_hour", "last_day",
	"heating", "cooling", "import", "export", "backward", "phase_1", "phase_2", "phase_3", "phases_1_2", "phases_2_3", "phases_3_1", "neutral",
	"input_1", "input_2", "alarm", "test", "removal", "installation",
}

// String is the word of the role, "due_date"; "" for none.
func (r RecordRole) String() string {
	if r < roleCount {
		return recordRoleWords[r]
	}
	return ""
}

// ParseRole finds a role by its word; RoleNone if there is no such role.
func ParseRole(word string) RecordRole {
	for r, w := range recordRoleWords {
		if w == word {
			return RecordRole(r)
		}
	}
	return RoleNone
}

// Day is a date, or a date and a time, in little space. The zero Day is none.
type Day struct {
	packed int64 // as a Value has it, and dayHasTime
}

const dayHasTime = 1 << 42

// DayOf is the day of a value, none for other values than dates.
func DayOf(v Value) Day {
	switch v.kind {
	case DateValue:
		return Day{v.n}
	case DateTimeValue:
		return Day{v.n | dayHasTime}
	}
	return Day{}
}

// Value is the day as a value; no value for none.
func (d Day) Value() Value {
	switch {
	case d.None():
		return Value{}
	case d.packed&dayHasTime != 0:
		return Value{kind: DateTimeValue, n: d.packed &^ dayHasTime}
	}
	return Value{kind: DateValue, n: d.packed}
}

// None tells whether there is no day.
func (d Day) None() bool { return d.packed == 0 }

// appendRole writes the record's number, role and dates as words, but for a role that
// a qualifier says already.
func (r *Record) appendRole(dst []byte) []byte {
	if r.Index > 0 {
		dst = strconv.AppendUint(append(dst, " number "...), uint64(r.Index), 10)
	}
	if r.Role != RoleNone && (r.Qualifiers&roleQualifiers == 0 || r.Role < RoleImport) {
		dst = append(append(dst, ' '), r.Role.String()...)
	}
	if !r.From.None() {
		dst = r.From.Value().AppendText(append(dst, " from "...))
	}
	if !r.Date.None() {
		name := " of "
		if r.Role == RoleDifference {
			name = " to "
		}
		dst = r.Date.Value().AppendText(append(dst, name...))
	}
	return dst
}

// isDate tells whether the record is a date of its storage number.
func (r *Record) isDate() bool {
	return (r.Quantity == DateQuantity || r.Quantity == DateTimeQuantity) && r.Qualifiers&^(Derived|Uncertain) == 0
}

// assignRoles finds role and date of every record, and numbers those that differ in
// nothing else. What families made, or changed, is not noted: then all is searched.
func (t *Telegram) assignRoles() {
	rules, all := t.roleRules(), t.layers.family != nil
	if all || rules != nil || t.has.qualifiers&roleQualifiers != 0 {
		for i := range t.Records {
			if r := &t.Records[i]; r.Role == RoleNone && (rules != nil || r.Qualifiers&roleQualifiers != 0 || r.Quantity == PeriodConsumption) {
				r.Role = t.roleOf(r, rules)
			}
		}
	}
	if all || t.has.storages != 0 && (t.has.has(DateQuantity) || t.has.has(DateTimeQuantity)) {
		t.dateRecords()
	}
	if all || t.has.alike {
		t.numberRecords()
	}
}

// roleOf is the role of one record: by the rules of its maker, else by the
// standard's own means.
func (t *Telegram) roleOf(r *Record, rules []roleRule) RecordRole {
	if r.Quantity == PeriodConsumption {
		return RoleDifference
	}
	for i := range rules {
		if rules[i].takes(r) {
			return rules[i].role
		}
	}
	if r.Qualifiers&roleQualifiers == 0 {
		return RoleNone
	}
	for i := range qualifierRoles {
		if q := &qualifierRoles[i]; r.Qualifiers&q.qualifier != 0 {
			return q.role
		}
	}
	electricity := t.Header.Meter.Kind() == TypeElectricity
	switch {
	case electricity && r.Qualifiers&Backward != 0:
		return RoleExport
	case electricity && r.Qualifiers&Forward != 0:
		return RoleImport
	case r.Qualifiers&Backward != 0:
		return RoleBackward
	}
	return RoleNone
}

// qualifierRoles are the phases.
var qualifierRoles = [...]struct {
	qualifier Qualifiers
	role      RecordRole
}{
	{PhaseL1, RolePhase1}, {PhaseL2, RolePhase2}, {PhaseL3, RolePhase3}, {PhaseL1L2, RolePhases12}, {PhaseL2L3, RolePhases23},
	{PhaseL3L1, RolePhases31}, {Neutral, RoleNeutral},
}

// roleQualifiers are the qualifiers that make a role.
const roleQualifiers = PhaseL1 | PhaseL2 | PhaseL3 | PhaseL1L2 | PhaseL2L3 | PhaseL3L1 | Neutral | Forward | Backward

// dateRecords gives the records of a storage number the date that the telegram has for
// it, and its role if they have none.
func (t *Telegram) dateRecords() {
	dates := t.dates[:0]
	for i := range t.Records {
		if r := &t.Records[i]; r.Storage > 0 && r.Value.kind >= DateValue && r.isDate() && r.Value.Valid() {
			dates = append(dates, uint16(i))
		}
	}
	if len(dates) == 0 {
		return
	}
	next := 0 // the dates have mostly the order of the values
	for i := range t.Records {
		r := &t.Records[i]
		if r.Storage == 0 || r.isDate() {
			continue
		}
		at, best := 0, 0
		for n := range dates {
			j := next + n
			if j >= len(dates) {
				j -= len(dates)
			}
			fit := r.datedBy(&t.Records[dates[j]])
			if fit > best {
				at, best = j, fit
			}
			if fit == bestDate {
				break
			}
		}
		if best > 0 {
			next = at
			r.takeDate(&t.Records[dates[at]])
		}
	}
}

// bestDate is what datedBy returns for a date of the same function and tariff.
const bestDate = 3

// datedBy is how well the date d fits the record, 0 if not at all. A date of no
// tariff, or of no maximum, serves all.
func (r *Record) datedBy(d *Record) int {
	switch {
	case d.Storage != r.Storage || d.Subunit != r.Subunit || d.Tariff != r.Tariff && d.Tariff != 0 || d.Function != r.Function && d.Function != Instantaneous:
		return 0
	case d.Function != r.Function:
		return 1
	case d.Tariff != r.Tariff:
		return 2
	}
	return bestDate
}

// takeDate gives a record the date of its storage number.
func (r *Record) takeDate(date *Record) {
	if r.Date.None() && r.Qualifiers&profiles == 0 {
		r.Date = DayOf(date.Value)
	}
	if r.Role == RoleNone && r.Function == Instantaneous {
		r.Role = date.Role
	}
	if m, _ := date.Value.Moment(); r.Role == RoleMonthEnd && m.Day == 1 {
		r.Role, date.Role = RoleMonthStart, RoleMonthStart
	}
}

// numberRecords numbers records that differ in nothing else, from 1 on.
func (t *Telegram) numberRecords() {
	const buckets = 1 << 7
	var last [buckets]uint16 // 1 + the last record of each bucket
	for i := range t.Records {
		r := &t.Records[i]
		bucket := r.key() % buckets
		t.before[i], last[bucket] = last[bucket], uint16(i+1)
		for j := t.before[i]; j > 0; j = t.before[j-1] {
			if before := &t.Records[j-1]; before.sameAs(r) {
				before.Index = max(before.Index, 1)
				r.Index = before.Index + 1
				break
			}
		}
	}
}

// key is the same for records that differ in nothing but their value.
func (r *Record) key() uint32 {
	n := uint32(r.Quantity) + uint32(r.Storage)*37 + r.Tariff*101 + uint32(r.Subunit)*59 + uint32(r.Function)*83
	return n ^ uint32(r.Qualifiers)*0x9E3779B1>>20
}

func (r *Record) sameAs(s *Record) bool {
	return r.Quantity == s.Quantity && r.Storage == s.Storage && r.Function == s.Function && r.Of == s.Of && r.Unit == s.Unit && r.Per == s.Per &&
		r.Role == s.Role && r.Subunit == s.Subunit && r.Tariff == s.Tariff && r.Qualifiers == s.Qualifiers
}
