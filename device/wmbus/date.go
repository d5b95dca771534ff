package wmbus

import "time"

// A packed date: from the low bits second, minute, hour, day, month, year,
// and flags.
const (
	packMinute    = 6
	packHour      = 12
	packDayAt     = 17
	packMonth     = 22
	packYear      = 26
	packSummer    = 1 << 40
	packHasSecond = 1 << 41
)

// Moment is a date, a time of day, or both, by the meter's own clock, whose
// time zone telegrams do not say.
type Moment struct {
	Year, Month, Day     int // zero in a TimeValue; Year is 0 in a date of every year
	Hour, Minute, Second int
	HasSecond            bool // the meter sent seconds
	Summer               bool // the meter's clock is set to summer time
}

// Date is the value of a day; ok is false when there is no such day.
func Date(year, month, day int) (v Value, ok bool) {
	if !dayExists(year, month, day) {
		return Value{}, false
	}
	return packMoment(DateValue, Moment{Year: year, Month: month, Day: day}), true
}

// DateTime is the value of a day and time; ok is false when there is no such
// moment.
func DateTime(m Moment) (v Value, ok bool) {
	if !dayExists(m.Year, m.Month, m.Day) || !timeExists(m.Hour, m.Minute, m.Second) {
		return Value{}, false
	}
	return packMoment(DateTimeValue, m), true
}

func packDay(year, month, day int) int64 {
	return int64(day)<<packDayAt | int64(month)<<packMonth | int64(year)<<packYear
}

func packMoment(kind ValueKind, m Moment) Value {
	n := packDay(m.Year, m.Month, m.Day) | int64(m.Hour)<<packHour | int64(m.Minute)<<packMinute | int64(m.Second)
	if m.Summer {
		n |= packSummer
	}
	if m.HasSecond {
		n |= packHasSecond
	}
	return Value{kind: kind, n: n}
}

// Moment returns what a date or time value says; ok is false for other kinds.
func (v Value) Moment() (m Moment, ok bool) {
	if v.kind != DateValue && v.kind != DateTimeValue && v.kind != TimeValue {
		return Moment{}, false
	}
	return Moment{
		Second: int(v.n & 63), Minute: int(v.n >> packMinute & 63), Hour: int(v.n >> packHour & 31),
		Day: int(v.n >> packDayAt & 31), Month: int(v.n >> packMonth & 15), Year: int(v.n >> packYear & 0x3FFF),
		Summer: v.n&packSummer != 0, HasSecond: v.n&packHasSecond != 0,
	}, true
}

// Time returns a date or date-time value in the given zone; ok is false for
// other kinds, and for a date of every year.
func (v Value) Time(zone *time.Location) (t time.Time, ok bool) {
	if v.kind != DateValue && v.kind != DateTimeValue {
		return time.Time{}, false
	}
	m, _ := v.Moment()
	if m.Year == 0 {
		return time.Time{}, false
	}
	return time.Date(m.Year, time.Month(m.Month), m.Day, m.Hour, m.Minute, m.Second, 0, zone), true
}

func (v Value) appendDate(dst []byte) []byte {
	m, _ := v.Moment()
	if v.kind != TimeValue {
		if m.Year == 0 {
			dst = append(dst, '-') // --12-31: every year
		} else {
			dst = appendDigits(dst, m.Year, 4)
		}
		dst = append(dst, '-')
		dst = append(appendDigits(dst, m.Month, 2), '-')
		dst = appendDigits(dst, m.Day, 2)
		if v.kind == DateValue {
			return dst
		}
		dst = append(dst, 'T')
	}
	dst = append(appendDigits(dst, m.Hour, 2), ':')
	dst = appendDigits(dst, m.Minute, 2)
	if m.HasSecond {
		dst = appendDigits(append(dst, ':'), m.Second, 2)
	}
	return dst
}

// appendDigits writes n with leading zeros.
func appendDigits(dst []byte, n, digits int) []byte {
	at := len(dst)
	for range digits {
		dst = append(dst, '0')
	}
	for i := at + digits - 1; i >= at; i-- {
		dst[i] = '0' + byte(n%10)
		n /= 10
	}
	return dst
}

var monthDays = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func daysIn(year, month int) int {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return monthDays[month]
}

func dayExists(year, month, day int) bool {
	return year >= 0 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

func timeExists(hour, minute, second int) bool {
	return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60
}

// decodeDate reads the dates and times of EN 13757-3 Annex A by their length:
// 2 bytes type G, 3 bytes J, 4 bytes F, 6 bytes I. Moments that do not exist,
// wildcards ("every day") and those marked invalid are no value, but type G may
// leave the year open. The years of
// a century are those after 2000; the hundred-year bits of type F are not
// used, as no decoder in the field does (docs/protocol/records.md#dates).
func decodeDate(b []byte) Value {
	switch len(b) {
	case 2:
		return decodeTypeG(b)
	case 3:
		return decodeTypeJ(b)
	case 4:
		return decodeTypeF(b)
	case 6:
		return decodeTypeI(b)
	}
	return Value{}
}

func splitTypeG(b []byte) (year, month, day int) {
	return 2000 + int(b[0]>>5) + int(b[1]>>4)<<3, int(b[1] & 15), int(b[0] & 31)
}

// Years of the seven bits of a date: those above the last are not used, but
// for that of a date that comes every year, a due date for instance.
const (
	lastYear  = 2099
	everyYear = 2127
)

func decodeTypeG(b []byte) Value {
	year, month, day := splitTypeG(b)
	if year == everyYear {
		year = 0
	}
	if year > lastYear {
		return Value{}
	}
	if !dayExists(year, month, day) {
		return Value{}
	}
	return Value{kind: DateValue, n: packDay(year, month, day)}
}

func decodeTypeF(b []byte) Value {
	year, month, day := splitTypeG(b[2:])
	if b[0]&0x80 != 0 || year > lastYear {
		return Value{}
	}
	hour, minute := int(b[1]&31), int(b[0]&63)
	if !dayExists(year, month, day) || !timeExists(hour, minute, 0) {
		return Value{}
	}
	n := packDay(year, month, day) | int64(hour)<<packHour | int64(minute)<<packMinute
	if b[1]&0x80 != 0 {
		n |= packSummer
	}
	return Value{kind: DateTimeValue, n: n}
}

func decodeTypeI(b []byte) Value {
	year, month, day := splitTypeG(b[3:])
	if b[1]&0x80 != 0 || year > lastYear {
		return Value{}
	}
	v, _ := DateTime(Moment{
		Year: year, Month: month, Day: day,
		Hour: int(b[2] & 31), Minute: int(b[1] & 63), Second: int(b[0] & 63), HasSecond: true, Summer: b[0]&0x80 != 0,
	})
	return v
}

func decodeTypeJ(b []byte) Value {
	m := Moment{Second: int(b[0] & 63), Minute: int(b[1] & 63), Hour: int(b[2] & 31), HasSecond: true}
	if !timeExists(m.Hour, m.Minute, m.Second) {
		return Value{}
	}
	return packMoment(TimeValue, m)
}

// secondsLater is the moment that many seconds after.
func (v Value) secondsLater(seconds int64) Value {
	moment, _ := v.Time(time.UTC)
	return v.at(moment.Add(time.Duration(seconds) * time.Second))
}

// at is the same kind of value at another moment.
func (v Value) at(moment time.Time) Value {
	m, _ := v.Moment()
	m.Year, m.Month, m.Day = moment.Year(), int(moment.Month()), moment.Day()
	m.Hour, m.Minute, m.Second = moment.Clock()
	kind := v.kind
	if kind == DateValue && (m.Hour|m.Minute|m.Second) != 0 {
		kind = DateTimeValue
	}
	return packMoment(kind, m)
}

// monthsLater is the same day that many months after; the last day of a month
// stays the last day.
func (v Value) monthsLater(months int) Value {
	m, _ := v.Moment()
	last := m.Day == daysIn(m.Year, m.Month)
	index := m.Year*12 + m.Month - 1 + months
	if index < 0 {
		return Value{}
	}
	m.Year, m.Month = index/12, index%12+1
	if days := daysIn(m.Year, m.Month); last || m.Day > days {
		m.Day = days
	}
	return packMoment(v.kind, m)
}

// halfMonthsLater goes from the first half of a month to the second, and so on.
// The days are 15 apart; the 15th goes with the last day of the month.
func (v Value) halfMonthsLater(n int) Value {
	const half = 15
	m, ok := v.Moment()
	if !ok || v.kind == TimeValue || m.Year == 0 {
		return Value{}
	}
	ends := m.Day == half || m.Day == daysIn(m.Year, m.Month)
	index := (m.Year*12+m.Month-1)*2 + n
	if m.Day > half {
		index++
		m.Day -= half
	}
	if index < 0 {
		return Value{}
	}
	m.Year, m.Month = index/24, index/2%12+1
	days := daysIn(m.Year, m.Month)
	switch second := index%2 == 1; {
	case ends && second:
		m.Day = days
	case ends:
		m.Day = half
	case second:
		m.Day = min(m.Day+half, days)
	}
	return packMoment(v.kind, m)
}

// unitSeconds is how many seconds a unit of time up to a day has, 0 for others.
func unitSeconds(unit Unit) int64 {
	switch unit {
	case UnitSecond:
		return 1
	case UnitMinute:
		return 60
	case UnitHour:
		return 3600
	case UnitDay:
		return 86400
	}
	return 0
}

// later is the moment that many units of time after, before it for n below 0.
func (v Value) later(unit Unit, n int) Value {
	if m, ok := v.Moment(); !ok || v.kind == TimeValue || m.Year == 0 {
		return Value{}
	}
	if seconds := unitSeconds(unit); seconds > 0 {
		return v.secondsLater(seconds * int64(n))
	}
	switch unit {
	case UnitMonth:
		return v.monthsLater(n)
	case UnitYear:
		return v.monthsLater(12 * n)
	}
	return Value{}
}
