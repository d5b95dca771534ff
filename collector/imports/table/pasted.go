package table

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"earshot/collector/imports/finding"
)

// What a line of a message may hold.
var (
	keyToken    = regexp.MustCompile(`(?i)(?:\b0x)?\b[0-9a-f]{32}\b|\b(?:0x)?[0-9a-f]{2}(?:[ :,_-]{1,2}(?:0x)?[0-9a-f]{2}){15}\b|\b[0-9a-f]{4}(?:[ :_-][0-9a-f]{4}){7}\b|\b[0-9a-f]{8}(?:[ :_-][0-9a-f]{8}){3}\b|\b[0-9a-f]{24,64}\b`)
	numberToken = regexp.MustCompile(`(?i)\b[0-9E][A-Z]{3} ?\d{2} ?\d{4} ?\d{4}\b|\b[A-Z]{3}[-_ ]?\d{8}\b|\b\d{8}/[0-9A-Z]{2}/\d{2}\b|\b(?:0x)?\d[0-9A-F]{7}\b`)
	alone       = lazily(`^[\pL\d./#:()" -]{0,24}$`)
)

// lazily compiles a pattern when it is used first: one that counts letters takes
// milliseconds, for which every start of the program would wait.
func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// pasted finds numbers and keys in lines of a message. The first row names the
// columns. A line with several of one kind is refused by its reader, so both
// stand in its cell. Numbers without a key are taken only where nothing but a
// label is before them. A number alone on a line and a key alone on the next
// belong together, if all lines are like that.
func pasted(text string) []Row {
	rows := []Row{{Cells: []Cell{{Text: "id"}, {Text: "key"}}}}
	n, keys, numbers, pairs := 0, 0, 0, true
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || len(line) > MaxCell {
			continue
		}
		key := keyToken.FindAllString(line, -1)
		rest := keyToken.ReplaceAllString(line, " ")
		number := numberToken.FindAllString(rest, -1)
		if len(key) == 0 && (len(number) != 1 || !alone().MatchString(numberToken.ReplaceAllString(rest, ""))) {
			if k := barely(line); k == "" {
				continue
			}
			key, number = []string{line}, nil
		}
		row := Row{Line: n, Cells: []Cell{{Text: strings.Join(number, " / ")}, {Text: strings.Join(key, " / ")}}}
		if len(key) > 1 {
			row.Code = finding.KeyLong
		}
		switch {
		case len(number) == 0:
			keys++
			pairs = pairs && len(rows)%2 == 0
		case len(key) == 0:
			numbers++
			pairs = pairs && len(rows)%2 == 1
		default:
			pairs = false
		}
		rows = append(rows, row)
	}
	if pairs && keys > 0 && keys == numbers {
		joined := rows[:1]
		for i := 1; i+1 < len(rows); i += 2 {
			rows[i].Cells[1] = rows[i+1].Cells[1]
			joined = append(joined, rows[i])
		}
		return joined
	}
	return rows
}

// hasPair reports whether a row has a number and a key.
func hasPair(rows []Row) bool {
	return slices.ContainsFunc(rows[1:], func(r Row) bool { return r.Cells[0].Text != "" && r.Cells[1].Text != "" })
}

// barely is a line that holds nothing but what may be a damaged key, so that it
// is refused with a reason instead of being overlooked.
func barely(line string) string {
	digits := strings.NewReplacer(" ", "", "-", "", ":", "").Replace(line)
	if len(digits) >= 24 && len(digits) <= 40 && strings.Trim(digits, "0123456789abcdefABCDEFOIlS=+/") == "" {
		return line
	}
	return ""
}
