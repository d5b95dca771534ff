package reading

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"earshot/device/wmbus"
)

// Display is what a meter's display shows, as somebody read it.
type Display struct {
	Number string    // digits with a point: "12.345"
	Unit   DisplayAs // the zero DisplayAs if none was written
}

// DisplayAs is a unit in which displays count, in multiples of one of telegrams.
type DisplayAs struct {
	Name   string // "MWh"
	Unit   wmbus.Unit
	Factor float64
}

// displayUnits are the units that people write for what a display shows.
var displayUnits = []struct {
	written string // in small letters, separated by blanks
	unit    DisplayAs
}{
	{"m³ m3 cbm kbm kubikmeter", DisplayAs{"m³", wmbus.UnitM3, 1}},
	{"l liter litre", DisplayAs{"l", wmbus.UnitLitre, 1}},
	{"wh", DisplayAs{"Wh", wmbus.UnitKWh, 0.001}},
	{"kwh", DisplayAs{"kWh", wmbus.UnitKWh, 1}},
	{"mwh", DisplayAs{"MWh", wmbus.UnitKWh, 1000}},
	{"mj", DisplayAs{"MJ", wmbus.UnitMJ, 1}},
	{"gj", DisplayAs{"GJ", wmbus.UnitGJ, 1}},
	{"hca units enheder einheiten", DisplayAs{"HCA", wmbus.UnitHCA, 1}},
	{"°c c", DisplayAs{"°C", wmbus.UnitCelsius, 1}},
	{"kg", DisplayAs{"kg", wmbus.UnitKg, 1}},
}

// ErrNotNumber says that a text is not what a meter's display shows.
var ErrNotNumber = errors.New("not a number with a unit, such as 12.345 or 12,345 m³")

// maxDisplay is how many digits a display has at most.
const maxDisplay = 12

// ParseDisplay reads what somebody wrote down from a display: digits, a decimal point
// or comma, and perhaps a unit. Zeros at the left and blanks between digits count for
// nothing. Of a point and a comma the last one is the decimal sign.
func ParseDisplay(text string) (Display, error) {
	text = strings.TrimSpace(text)
	end := strings.LastIndexAny(text, "0123456789") + 1
	if strings.HasSuffix(text, "³") || end > 1 && strings.HasSuffix(strings.ToLower(text), "m3") {
		end = strings.LastIndexAny(strings.TrimRight(text, "³3"), "0123456789") + 1
	}
	number, unit := text[:end], strings.ToLower(strings.TrimSpace(text[end:]))
	var d Display
	for _, u := range displayUnits {
		for _, name := range strings.Fields(u.written) {
			if name == unit {
				d.Unit = u.unit
			}
		}
	}
	if unit != "" && d.Unit.Name == "" {
		return d, ErrNotNumber
	}
	number = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "").Replace(number)
	whole, decimals := number, ""
	if i := strings.LastIndexAny(number, ".,"); i >= 0 {
		other := map[byte]string{'.': ",", ',': "."}[number[i]]
		whole, decimals = strings.ReplaceAll(number[:i], other, ""), number[i+1:]
	}
	digits := strings.TrimPrefix(whole, "-") + decimals
	if digits == "" || len(digits) > maxDisplay || strings.Trim(digits, "0123456789") != "" {
		return d, ErrNotNumber
	}
	d.Number = strings.TrimLeft(strings.TrimPrefix(whole, "-"), "0")
	if d.Number == "" {
		d.Number = "0"
	}
	if strings.HasPrefix(whole, "-") {
		d.Number = "-" + d.Number
	}
	if decimals != "" {
		d.Number += "." + decimals
	}
	return d, nil
}

// String writes it as ParseDisplay reads it.
func (d Display) String() string { return strings.TrimSpace(d.Number + " " + d.Unit.Name) }

// Agreement is what a display says about a reading.
type Agreement uint8

const (
	DisplayUncompared Agreement = iota // there is no reading that it could be compared with
	DisplayAgrees                      // as far as both have digits
	DisplayAhead                       // it shows more, and the reading is old enough for that
	DisplayPoint                       // the same digits, with the decimal point at another place
	DisplayDiffers
	agreements
)

var agreementWords = [agreements]string{"not_compared", "agrees", "ahead", "other_point", "differs"}

func (a Agreement) String() string { return agreementWords[min(a, agreements-1)] }

// MarshalText writes it as a word.
func (a Agreement) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Comparison is a display next to a reading.
type Comparison struct {
	Agreement  Agreement      `json:"agreement"`
	Quantity   wmbus.Quantity `json:"-"`                        // that was compared
	Read       string         `json:"reading,omitempty"`        // its value in Unit
	Difference string         `json:"difference,omitempty"`     // display less reading, in Unit
	Unit       string         `json:"unit,omitempty"`           // of the display; that of the reading if it has none
	Age        time.Duration  `json:"reading_age_ns,omitempty"` // of the reading, when the display was read
	Places     int            `json:"places,omitempty"`         // DisplayPoint: by how many places the display's number is larger
}

// settled is the age from which on a meter may have counted since its reading.
const settled = 2 * time.Minute

// Compare compares what the display shows at a time with the reading's main register,
// or with the present value that has the display's unit. most is by how much the value
// may rise in an hour, by its unit; a unit that it does not have is not limited.
func (d Display) Compare(r *Reading, at time.Time, most map[wmbus.Unit]float64) (c Comparison) {
	shown, err := strconv.ParseFloat(d.Number, 64)
	v, found := d.counterpart(r)
	if err != nil || !found {
		return Comparison{Unit: d.Unit.Name}
	}
	as := d.Unit
	if as.Name == "" {
		as = DisplayAs{v.Unit.String(), v.Unit, 1}
	}
	mantissa, exponent, _ := v.Value.Decimal()
	scale, _ := between(v.Unit, as)
	value := float64(mantissa) * math.Pow10(exponent) * scale
	fine := max(resolution(d.Number), math.Pow10(exponent)*scale)
	difference := shown - value
	c = Comparison{Quantity: v.Quantity, Unit: as.Name, Age: max(0, at.Sub(r.Sent())), Read: trimmed(value, math.Pow10(exponent)*scale), Difference: trimmed(difference, min(resolution(d.Number), math.Pow10(exponent)*scale))}
	limit, limited := most[v.Unit]
	switch {
	case math.Abs(difference) <= fine*(1+1e-9):
		c.Agreement, c.Difference = DisplayAgrees, ""
	case c.otherPoint(d.Number, mantissa):
	case difference > 0 && c.Age >= settled && (!limited || difference <= limit*scale*max(1, c.Age.Hours())):
		c.Agreement = DisplayAhead
	default:
		c.Agreement = DisplayDiffers
	}
	return c
}

// counterpart is the value that the display is compared with.
func (d Display) counterpart(r *Reading) (v Record, ok bool) {
	if r == nil {
		return v, false
	}
	fits := func(v *Record) bool {
		_, _, number := v.Value.Decimal()
		_, same := between(v.Unit, d.Unit)
		return number && (d.Unit.Name == "" || same)
	}
	if main, has := r.Main(); has && fits(&main) {
		return main, true
	}
	for i := range r.Records {
		if v := &r.Records[i]; v.Current() && d.Unit.Name != "" && fits(v) {
			return *v, true
		}
	}
	return v, false
}

// joules and litres are what units of energy and volume are multiples of.
var (
	joules = map[wmbus.Unit]float64{wmbus.UnitKWh: 3.6e6, wmbus.UnitMJ: 1e6, wmbus.UnitGJ: 1e9}
	litres = map[wmbus.Unit]float64{wmbus.UnitM3: 1000, wmbus.UnitLitre: 1}
)

// between is the factor from a unit to the one of a display; false if they measure
// different things.
func between(from wmbus.Unit, to DisplayAs) (factor float64, ok bool) {
	for _, base := range []map[wmbus.Unit]float64{joules, litres} {
		if base[from] > 0 && base[to.Unit] > 0 && to.Factor > 0 {
			return base[from] / base[to.Unit] / to.Factor, true
		}
	}
	count := to.Unit == wmbus.UnitHCA && from == wmbus.UnitNone
	if to.Factor > 0 && (from == to.Unit || count) {
		return 1 / to.Factor, true
	}
	return 0, false
}

// resolution is what the last digit of a number counts.
func resolution(number string) float64 {
	_, decimals, _ := strings.Cut(number, ".")
	return math.Pow10(-len(decimals))
}

// otherPoint finds the same digits with the decimal point at another place. Few
// digits are the same by chance.
func (c *Comparison) otherPoint(shown string, mantissa int64) bool {
	const few = 3
	digits := strings.TrimLeft(strings.Replace(shown, ".", "", 1), "0")
	a, b := strings.TrimRight(digits, "0"), strings.TrimRight(strconv.FormatInt(mantissa, 10), "0")
	if len(a) < few || a != b {
		return false
	}
	n, _ := strconv.ParseFloat(shown, 64)
	read, _ := strconv.ParseFloat(c.Read, 64)
	if read == 0 {
		return false
	}
	c.Agreement, c.Places = DisplayPoint, int(math.Round(math.Log10(n/read)))
	return c.Places != 0
}

// trimmed writes a number with the decimals that a resolution gives it.
func trimmed(n, resolution float64) string {
	decimals := 0
	for ; decimals < 9 && resolution < 1-1e-9; decimals++ {
		resolution *= 10
	}
	return strconv.FormatFloat(n, 'f', decimals, 64)
}
