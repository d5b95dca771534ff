package settlement

import (
	"slices"
	"time"

	"earshot/collector/decimal"
	"earshot/collector/evidence"
	"earshot/device/wmbus"
)

// Point is the register at one time.
type Point struct {
	Day      string          `json:"day"` // "2026-01-31": at the end of it; of the present value the day of the telegram
	Value    decimal.Number  `json:"value"`
	Telegram evidence.Source `json:"telegram"`
}

// registers are the register at the ends of months, by month.
type registers struct {
	at       map[string]Point
	disputed []string // months for which two values were sent
	monthly  []string // months of which the value is sent as that of a month, not of a due date
}

// registersOf takes those stored values that were at the end of a month. If the
// register begins again after the due date, the value of the due date counts: that of
// the month's end may be the one after it.
func registersOf(stored []evidence.Value, restarts bool) registers {
	r := registers{at: map[string]Point{}}
	fixed := map[string]bool{}
	for i := range stored {
		v := &stored[i]
		month, ok := monthOf(v)
		p := Point{Day: v.Day, Value: decimal.Of(v.Value), Telegram: v.Source}
		due := v.Role == wmbus.RoleDueDate || v.Role == wmbus.RoleDueDatePrevious
		if !ok || p.Value.None() {
			continue
		}
		if !due {
			r.monthly = append(r.monthly, month)
		}
		due = due && restarts
		if fixed[month] && !due {
			continue
		}
		other, twice := r.at[month]
		if v.Disputed || twice && !due && !other.Value.Equal(p.Value) {
			r.disputed = append(r.disputed, month)
			continue
		}
		r.at[month], fixed[month] = p, due
		if due {
			r.disputed = slices.DeleteFunc(r.disputed, func(m string) bool { return m == month })
		}
	}
	for _, m := range r.disputed {
		delete(r.at, m)
	}
	return r
}

// monthOf is the month at whose end a stored value was.
func monthOf(v *evidence.Value) (string, bool) {
	day, err := time.Parse(time.DateOnly, v.Day)
	if err != nil {
		return "", false
	}
	last := day.AddDate(0, 0, 1).Day() == 1
	switch v.Role {
	case wmbus.RoleMonthStart:
		return day.AddDate(0, 0, -1).Format("2006-01"), day.Day() == 1
	case wmbus.RoleMonthEnd, wmbus.RoleHalfMonth, wmbus.RoleDayEnd, wmbus.RoleDueDate, wmbus.RoleDueDatePrevious:
		return day.Format("2006-01"), last
	}
	return "", false
}

// differences are what was counted between two days, as the meter sends it.
type differences map[string][]evidence.Value // by first day

func differencesOf(stored []evidence.Value) differences {
	d := differences{}
	for _, v := range stored {
		if v.Role == wmbus.RoleDifference && isDay(v.From) && isDay(v.Day) && v.Day > v.From {
			d[v.From] = append(d[v.From], v)
		}
	}
	return d
}

// of adds the differences that make up a month; none if they do not.
func (d differences) of(month string) (use decimal.Number, by evidence.Source, why Why) {
	first, err := time.Parse("2006-01", month)
	if err != nil || len(d) == 0 {
		return decimal.Number{}, by, WhyNotSent
	}
	next := first.AddDate(0, 1, 0)
	for _, ends := range [][2]time.Time{{first.AddDate(0, 0, -1), next.AddDate(0, 0, -1)}, {first, next}} {
		at, end := ends[0].Format(time.DateOnly), ends[1].Format(time.DateOnly)
		use = decimal.Number{}
		for at < end {
			i := slices.IndexFunc(d[at], func(v evidence.Value) bool { return v.Day <= end })
			if i < 0 {
				break
			}
			v := &d[at][i]
			n := decimal.Of(v.Value)
			switch {
			case v.Disputed:
				return decimal.Number{}, v.Source, WhyDisputed
			case n.None():
				return decimal.Number{}, v.Source, WhyNotSent
			case n.Sign() < 0:
				return decimal.Number{}, v.Source, WhyBackwards
			}
			use, by, at = use.Plus(n), v.Source, v.Day
		}
		if at == end {
			return use, by, ""
		}
	}
	return decimal.Number{}, by, WhyNotSent
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
