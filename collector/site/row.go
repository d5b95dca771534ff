package site

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"earshot/collector/duration"
	"earshot/device/wmbus"
)

// maxText is how many characters a cell of free text may have.
const maxText = 500

// maxTimeout is the longest wait that makes sense for a meter.
const maxTimeout = 366 * 24 * time.Hour

// minDigits is how many digits of an ID must be left after a spreadsheet
// removed leading zeros.
const minDigits = 4

// problem is what is wrong with a cell.
type problem struct{ column, reason string }

// parse fills in a meter from the cells of its row and returns all problems.
func (h *header) parse(m *Meter, cells []string) (problems []problem) {
	for i := h.width; i < len(cells); i++ {
		if strings.TrimSpace(cells[i]) != "" {
			problems = append(problems, problem{"", fmt.Sprintf("row has %d cells, but the first line names %d columns: put texts that contain a separator in quotation marks",
				len(cells), h.width)})
			break
		}
	}
	for c, at := range h.cells {
		if at < 0 || at >= len(cells) && columns[c].name != "id" {
			continue // the columns at the end may be left out
		}
		cell := ""
		if at < len(cells) {
			cell = strings.TrimSpace(cells[at])
		}
		if err := columns[c].set(m, cell); err != nil {
			problems = append(problems, problem{columns[c].name, err.Error()})
		}
	}
	return problems
}

// text is the setter of a column of free text.
func text(column string, field func(*Meter) *string) func(*Meter, string) error {
	return func(m *Meter, cell string) error {
		if n := utf8.RuneCountInString(cell); n > maxText {
			return fmt.Errorf("%s has %d characters, at most %d are allowed: shorten it", column, n, maxText)
		}
		if holdsKey(cell) {
			return fmt.Errorf("%s %w", column, errKeyAsText)
		}
		*field(m) = clean(cell)
		return nil
	}
}

func setID(m *Meter, cell string) (err error) {
	m.Manufacturer, m.ID, err = parseID(cell)
	return err
}

func setManufacturer(m *Meter, cell string) error {
	if cell == "" {
		return nil
	}
	manufacturer, err := wmbus.ParseManufacturer(cell)
	switch {
	case err != nil:
		return fmt.Errorf("manufacturer %s is not known: write the three letters on the meter, such as KAM, or leave it empty", show(cell, longestCell))
	case m.Manufacturer != 0 && m.Manufacturer != manufacturer:
		return fmt.Errorf("manufacturer is %s here and %s in the id: correct one of them", manufacturer, m.Manufacturer)
	}
	m.Manufacturer = manufacturer
	return nil
}

func setKey(m *Meter, cell string) (err error) {
	m.Key, err = ParseKey(cell)
	return err
}

func setTimeout(m *Meter, cell string) error {
	if cell == "" {
		return nil
	}
	d, ok := parseTimeout(cell)
	switch {
	case !ok:
		return fmt.Errorf("timeout %s is not a duration: write seconds (45) or a number with its unit (30s, 5min, 2h, 1d)", show(cell, longestCell))
	case d <= 0 || d > maxTimeout:
		return fmt.Errorf("timeout %s is out of range: write more than 0 and at most 366d, or leave it empty", show(cell, longestCell))
	}
	m.Timeout = d
	return nil
}

// parseTimeout reads seconds, or what duration.Parse reads; also "5 min" and
// "30 sec", and a comma for the point.
func parseTimeout(s string) (time.Duration, bool) {
	s = strings.ToLower(strings.ReplaceAll(s, " ", ""))
	s = strings.NewReplacer(",", ".", "minutes", "m", "min", "m", "sec", "s").Replace(s)
	if s != "" && strings.Trim(s, "0123456789.") == "" {
		s += "s"
	}
	d, err := duration.Parse(s)
	if errors.Is(err, duration.ErrTooLong) {
		return maxTimeout + 1, true
	}
	return d, err == nil
}

// parseID reads a meter's number as it is printed on it and written in lists:
// eight digits (on some meters hex), with spaces or dashes between them; with
// the three letters of the manufacturer before them; Kamstrup's label
// 12345678/WW/YY; and, since spreadsheets remove leading zeros, four to seven
// decimal digits.
func parseID(cell string) (wmbus.Manufacturer, wmbus.ID, error) {
	var manufacturer wmbus.Manufacturer
	number := strings.TrimSpace(cell)
	if letters, rest, ok := cutManufacturer(number); ok {
		manufacturer, number = letters, rest
	}
	if parts := strings.Split(number, "/"); len(parts) == 3 {
		number = parts[0]
	}
	number = strings.NewReplacer(" ", "", "\u00a0", "", "-", "").Replace(number)
	decimal := strings.Trim(number, "0123456789") == ""
	switch {
	case number == "":
		return 0, 0, errors.New("id is empty: write the number that is printed on the meter, or remove the row")
	case isNumber(number):
		return 0, 0, errors.New("the spreadsheet has rounded the id: format the column as text, enter the number again and export the list again")
	case decimal && len(number) >= minDigits && len(number) < 8:
		number = strings.Repeat("0", 8-len(number)) + number
	case countOdd(number) == 0 && (len(number) == aesDigits || len(number) == desDigits):
		return 0, 0, fmt.Errorf("id has %d digits, like a key: check whether the columns are swapped; an id has 8", len(number))
	case countOdd(number) == 0 && len(number) != 8:
		return 0, 0, fmt.Errorf("id has %d digits, but a meter's number has 8: write it as printed on the meter, including leading zeros", len(number))
	}
	id, err := wmbus.ParseID(number)
	if err != nil {
		return 0, 0, fmt.Errorf("id %s is not a meter number: write the 8 digits that are printed on the meter", show(cell, longestCell))
	}
	return manufacturer, id, nil
}

// cutManufacturer cuts "KAM-" from a number, or "KAM" from eleven characters.
func cutManufacturer(s string) (wmbus.Manufacturer, string, bool) {
	if len(s) < 4 {
		return 0, s, false
	}
	manufacturer, err := wmbus.ParseManufacturer(s[:3])
	switch {
	case err != nil:
		return 0, s, false
	case strings.ContainsRune("-_ ", rune(s[3])):
		return manufacturer, s[4:], true
	case len(s) == 11:
		return manufacturer, s[3:], true
	}
	return 0, s, false
}
