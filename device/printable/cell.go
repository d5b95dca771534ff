package printable

import (
	"strconv"
	"strings"
)

// Cell is Text as a cell of a CSV file that no spreadsheet takes for a formula.
// Numbers are left as they are.
func Cell(text string) string {
	text = Text(text)
	if _, err := strconv.ParseFloat(text, 64); err != nil && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
