package settlement

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"earshot/collector/decimal"
	"earshot/device/printable"
)

// DegreeDays are how cold months were at one place, and are in a normal year. Those of
// another station, base or normal year are never mixed with them.
type DegreeDays struct {
	Station    string `json:"station"`
	Base       string `json:"base_c"` // temperature in °C that they are counted from
	NormalYear string `json:"normal_year"`
	months     map[string]degreeMonth
}

type degreeMonth struct{ actual, normal *big.Rat }

// Bounds of a file of degree days.
const (
	maxFile   = 64 << 10
	maxLine   = 1024
	maxField  = 80
	maxPlaces = 9    // digits behind the point
	maxDegree = 2000 // a month of 31 days at 64 K below the base
)

var degreeColumns = []string{"month", "station", "base", "normal_year", "actual", "normal"}

// LineError is what is wrong with a line of a file of degree days.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("degree days, line %d: %v", e.Line, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// Read reads a file of degree days: a line of column names, then a month a line. The
// format is that of docs/report.md#degree-days. Errors about a line are *LineError.
func Read(in io.Reader) (*DegreeDays, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("degree days: %w", err)
	case len(text) > maxFile:
		return nil, fmt.Errorf("degree days: the file is larger than %d kB: is it another one?", maxFile>>10)
	}
	d := &DegreeDays{months: map[string]degreeMonth{}}
	r := degreeReader{into: d}
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	lines.Buffer(nil, maxFile+1)
	n := 0
	for lines.Scan() {
		n++
		if err := r.line(lines.Text()); err != nil {
			return nil, &LineError{n, err}
		}
	}
	if len(d.months) == 0 {
		return nil, &LineError{max(n, 1), fmt.Errorf("no month: write a line with %s, and then a line a month", strings.Join(degreeColumns, ";"))}
	}
	return d, nil
}

// degreeReader reads lines.
type degreeReader struct {
	into    *DegreeDays
	between string // cells
	columns []int  // of degreeColumns, in a line; nil before the first line
}

func (r *degreeReader) line(line string) error {
	switch {
	case len(line) > maxLine:
		return fmt.Errorf("it has %d characters, more than %d", len(line), maxLine)
	case !utf8.ValidString(line):
		return errors.New("it is not UTF-8 text")
	case strings.TrimSpace(line) == "", strings.HasPrefix(strings.TrimSpace(line), "#"):
		return nil
	}
	if i := strings.IndexFunc(line, func(c rune) bool { return c != '\t' && !unicode.IsPrint(c) }); i >= 0 {
		return fmt.Errorf("character %d cannot be printed", i+1)
	}
	if r.columns == nil {
		return r.header(line)
	}
	cells := r.cells(line)
	got := make([]string, len(degreeColumns))
	for i, at := range r.columns {
		if at >= len(cells) {
			return fmt.Errorf("it has %d cells: %s is missing", len(cells), degreeColumns[i])
		}
		got[i] = cells[at]
		if got[i] == "" || len(got[i]) > maxField {
			return fmt.Errorf("%s is empty, or longer than %d characters", degreeColumns[i], maxField)
		}
	}
	return r.month(got)
}

// cells are those of a line.
func (r *degreeReader) cells(line string) []string {
	cells := strings.Split(line, r.between)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// header finds the columns.
func (r *degreeReader) header(line string) error {
	r.between = ","
	for _, sign := range []string{";", "\t"} {
		if strings.Contains(line, sign) {
			r.between = sign
			break
		}
	}
	cells := r.cells(line)
	var columns []int
	for _, name := range degreeColumns {
		at := slices.IndexFunc(cells, func(c string) bool { return strings.EqualFold(strings.ReplaceAll(c, " ", "_"), name) })
		if at < 0 {
			return fmt.Errorf("there is no column %s: the first line names the columns, %s", name, strings.Join(degreeColumns, ";"))
		}
		columns = append(columns, at)
	}
	r.columns = columns
	return nil
}

// month takes a line: its cells in the order of degreeColumns.
func (r *degreeReader) month(cells []string) error {
	d, month := r.into, cells[0]
	if at, err := time.Parse("2006-01", month); err != nil || at.Year() < 1900 || at.Year() > 2200 {
		return fmt.Errorf("month %q: write it as 2026-01", printable.Text(month))
	}
	base, err := degree(cells[2], r.between, 5, 25)
	if err != nil {
		return fmt.Errorf("base: %w", err)
	}
	for _, one := range []struct {
		name string
		kept *string
		now  string
	}{{"station", &d.Station, cells[1]}, {"base", &d.Base, base.RatString()}, {"normal year", &d.NormalYear, cells[3]}} {
		if *one.kept != "" && *one.kept != one.now {
			return fmt.Errorf("%s %q: the lines before are of %q, and they are never mixed: use one file for each", one.name, printable.Text(one.now), printable.Text(*one.kept))
		}
		*one.kept = one.now
	}
	if _, twice := d.months[month]; twice {
		return fmt.Errorf("month %s is there twice", month)
	}
	actual, err := degree(cells[4], r.between, 0, maxDegree)
	if err != nil {
		return fmt.Errorf("actual: %w", err)
	}
	normal, err := degree(cells[5], r.between, 0, maxDegree)
	if err != nil {
		return fmt.Errorf("normal: %w", err)
	}
	d.months[month] = degreeMonth{actual, normal}
	return nil
}

// degree reads a number between two limits. If the cells are not separated by commas,
// a comma may stand before its fraction.
func degree(text, between string, low, high int64) (*big.Rat, error) {
	plain := text
	if between != "," {
		plain = strings.Replace(text, ",", ".", 1)
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	_, err := strconv.ParseUint(whole, 10, 16)
	if len(fraction) > maxPlaces {
		err = strconv.ErrRange
	}
	if err == nil && fraction != "" {
		_, err = strconv.ParseUint(fraction, 10, 32)
	}
	n, ok := new(big.Rat).SetString(plain)
	if err != nil || !ok || n.Cmp(big.NewRat(low, 1)) < 0 || n.Cmp(big.NewRat(high, 1)) > 0 {
		return nil, fmt.Errorf("%q must be a number from %d to %d", printable.Text(text), low, high)
	}
	return n, nil
}

// DegreeMonth are the degree days of a month, as decimal numbers.
type DegreeMonth struct {
	Month, Actual, Normal string
}

// NewDegreeDays makes degree days of what List returned.
func NewDegreeDays(station, base, normalYear string, months []DegreeMonth) (*DegreeDays, error) {
	d := &DegreeDays{months: map[string]degreeMonth{}}
	r := degreeReader{into: d, between: ";"}
	for i, m := range months {
		if err := r.month([]string{m.Month, station, base, normalYear, m.Actual, m.Normal}); err != nil {
			return nil, &LineError{i + 1, err}
		}
	}
	if len(months) == 0 {
		return nil, &LineError{1, errors.New("no month")}
	}
	return d, nil
}

// List are the months that it knows, in their order.
func (d *DegreeDays) List() (all []DegreeMonth) {
	for _, m := range slices.Sorted(maps.Keys(d.months)) {
		all = append(all, DegreeMonth{m, written(d.months[m].actual), written(d.months[m].normal)})
	}
	return all
}

// Total are those of all months together.
func (d *DegreeDays) Total() (actual, normal string) {
	a, n := new(big.Rat), new(big.Rat)
	for _, m := range d.months {
		a.Add(a, m.actual)
		n.Add(n, m.normal)
	}
	return written(a), written(n)
}

// written is a number with the fewest digits behind the point: there are nine at most
// in a file.
func written(n *big.Rat) string {
	text := strings.TrimRight(n.FloatString(maxPlaces), "0")
	return strings.TrimSuffix(text, ".")
}

// Of are the degree days of a span of months, both included: actual and of a normal
// year. ok is false if one of the months is not known.
func (d *DegreeDays) Of(first, last string) (actual, normal *big.Rat, ok bool) {
	actual, normal = new(big.Rat), new(big.Rat)
	for m := first; m <= last; m = nextMonth(m) {
		one, known := d.months[m]
		if !known {
			return nil, nil, false
		}
		actual.Add(actual, one.actual)
		normal.Add(normal, one.normal)
	}
	return actual, normal, true
}

// correct is what would have been used in a normal year, of what was used in a span of
// months: use × ((100 − h) × normal / actual + h) / 100, where h is the share in per
// cent that does not depend on the weather. None if the months are not known, or had
// no degree days. Source: docs/protocol/readiness.md#degree-days.
func (d *DegreeDays) correct(use decimal.Number, first, last string, share int) decimal.Number {
	if d == nil || use.None() {
		return decimal.Number{}
	}
	actual, normal, ok := d.Of(first, last)
	if !ok || actual.Sign() == 0 {
		return decimal.Number{}
	}
	factor := normal.Quo(normal, actual)
	factor.Mul(factor, big.NewRat(int64(100-share), 100))
	factor.Add(factor, big.NewRat(int64(share), 100))
	return use.Times(factor, correctedPlaces)
}

// correctedPlaces are the fewest places that a corrected number is written with.
const correctedPlaces = 2

// nextMonth is the month after one, "2026-01".
func nextMonth(month string) string { return monthAfter(month, 1) }

func monthAfter(month string, n int) string {
	at, err := time.Parse("2006-01", month)
	if err != nil {
		return "9999-99" // ends every loop
	}
	return at.AddDate(0, n, 0).Format("2006-01")
}
