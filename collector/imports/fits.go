package imports

import (
	"strings"

	"earshot/collector/imports/table"
	"earshot/device/wmbus"
)

// What a cell may be, when cells decide what a column is.

func isNumber(c table.Cell) bool { return parseNumber(c).code == "" }

// isFullNumber leaves out numbers with lost zeros: they may be anything.
func isFullNumber(c table.Cell) bool {
	n := parseNumber(c)
	return n.code == "" && len(strings.Trim(c.Text, " '\"=")) >= 8
}

func isKey(c table.Cell) bool { return !parseKey(c).key.IsZero() }

func isMedium(c table.Cell) bool { return mediumOf(c.Text) != "" }

func isPlace(c table.Cell) bool {
	_, found := splitPlace(Clean(c.Text))
	return found > 0
}

// isMakerCell reports whether a cell is a known maker: three letters may be
// anything.
func isMakerCell(c table.Cell) bool {
	text := strings.TrimSpace(c.Text)
	if len(text) == 3 && strings.ToUpper(text) == text {
		_, err := wmbus.ParseManufacturer(text)
		return err == nil
	}
	_, _, known := makerByName(text)
	return known
}

// isDay reports whether eight digits are a day such as 20260131.
func isDay(c table.Cell) bool {
	t := c.Text
	return len(t) == 8 && isDigits(t) && (t[:2] == "20" || t[:2] == "19") && isDateText(t[:4]+"-"+t[4:6]+"-"+t[6:])
}
