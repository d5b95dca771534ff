package table

import (
	"strings"

	"earshot/collector/imports/finding"
)

// separators of cells; gap is two or more blanks.
const gap = "  "

var separators = []string{";", ",", "\t", "|", gap}

// How far a cell in quotation marks may reach.
const (
	quoteLines = 20
	quoteBytes = 8 << 10
)

// separator finds what stands between cells: what gives the most known names in
// one line, or else what all lines have equally often. names is how many known
// names the best line has, even whether the lines agree.
func (rd *reader) separator(text string, head []string) (sep string, names int, even bool) {
	if first := text[:min(len(text), 6)]; len(first) == 6 && strings.EqualFold(first[:4], "sep=") && first[5] == '\n' {
		return first[4:5], rd.bestNames(head, first[4:5]), true
	}
	best := -1
	for _, s := range separators {
		if n := rd.bestNames(head, s); n > 0 && n > best {
			sep, best = s, n
		}
	}
	if best >= 2 {
		return sep, best, true
	}
	single := rd.bestNames(head, "")
	most := 0.0
	found := ""
	for _, s := range separators {
		if share := agreement(head, s); share > most {
			found, most = s, share
		}
	}
	switch {
	case found != "":
		return found, max(best, 0), true
	case single > 0:
		return "", single, false
	}
	return sep, max(best, 0), false
}

// bestNames is the largest number of known names in a line.
func (rd *reader) bestNames(head []string, sep string) (most int) {
	const look = 50
	for _, line := range head[:min(len(head), look)] {
		n := 0
		for _, c := range splitLine(line, sep) {
			if name := strings.Trim(c, ` "'`); name != "" && len(name) < 100 && rd.Known(name) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// agreement is the share of lines that have the most frequent number of cells,
// 0 if that is 1 or fewer than four of five lines agree.
func agreement(head []string, sep string) float64 {
	counts := map[int]int{}
	for _, line := range head {
		counts[len(splitLine(line, sep))]++
	}
	cells, lines := 0, 0
	for n, times := range counts {
		if times > lines || times == lines && n > cells {
			cells, lines = n, times
		}
	}
	share := float64(lines) / float64(max(len(head), 1))
	if cells < 2 || share < 0.8 {
		return 0
	}
	return share
}

func splitLine(line, sep string) []string {
	switch sep {
	case "":
		return []string{line}
	case gap:
		var out []string
		for _, part := range strings.Split(strings.ReplaceAll(line, "\t", gap), gap) {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
		return out
	}
	return strings.Split(line, sep)
}

// split splits a text into rows. Empty lines and comments (#) are left out.
func split(text, sep string) (rows []Row) {
	if len(text) >= 6 && strings.EqualFold(text[:4], "sep=") {
		text = text[:0] + strings.Repeat(" ", 5) + text[5:]
	}
	s := splitter{text: text, sep: sep, line: 1}
	for s.at < len(s.text) {
		line := s.line
		row := Row{Line: line}
		if row.Cells, row.Code = s.record(); len(row.Cells) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// splitter splits a text.
type splitter struct {
	text string
	sep  string
	at   int // the next byte
	line int
	pool []Cell
}

// record is the next row; it has no cells if the line is empty or a comment.
func (s *splitter) record() ([]Cell, finding.Code) {
	end := s.lineEnd(s.at)
	line := s.text[s.at:end]
	trimmed := strings.TrimSpace(line)
	if trimmed == "" || s.isComment(trimmed) {
		s.at, s.line = end+1, s.line+1
		return nil, ""
	}
	if s.sep == gap || s.sep == "" {
		s.at, s.line = end+1, s.line+1
		cells := s.take(0)
		for _, part := range splitLine(line, s.sep) {
			cells = append(cells, Cell{Text: bounded(strings.TrimSpace(part))})
		}
		return s.keep(cells), ""
	}
	cells, code := s.take(0), finding.Code("")
	for {
		var c Cell
		var last bool
		c.Text, last, code = s.cell(code)
		cells = append(cells, c)
		if last {
			return s.keep(cells), code
		}
	}
}

// isComment reports whether a line is a comment: # may also be the name of a
// column, or begin a fault of a spreadsheet.
func (s *splitter) isComment(line string) bool {
	rest, ok := strings.CutPrefix(line, "#")
	if !ok {
		return false
	}
	first, _, _ := strings.Cut(line, s.sep)
	if s.sep == "" {
		first = line
	}
	first = strings.TrimSpace(first)
	return first != "#" && strings.Trim(first, "#") != "" && faultOf(first) == Text || strings.TrimSpace(rest) == ""
}

// take returns room for the cells of a row; keep says how much is used.
func (s *splitter) take(int) []Cell {
	const block = 4096
	if cap(s.pool) < MaxColumns {
		s.pool = make([]Cell, 0, block)
	}
	return s.pool[:0]
}

func (s *splitter) keep(cells []Cell) []Cell {
	n := len(cells)
	if n <= cap(s.pool) {
		s.pool = s.pool[n:n:cap(s.pool)]
	}
	return cells[:n:n]
}

func (s *splitter) lineEnd(from int) int {
	if n := strings.IndexByte(s.text[from:], '\n'); n >= 0 {
		return from + n
	}
	return len(s.text)
}

// cell is the next cell, and whether it is the last one of its row.
func (s *splitter) cell(code finding.Code) (string, bool, finding.Code) {
	for s.at < len(s.text) && s.text[s.at] == ' ' && s.sep != " " {
		s.at++
	}
	if s.at < len(s.text) && s.text[s.at] == '"' {
		if text, after, ok := s.quoted(); ok {
			s.line += strings.Count(s.text[s.at:after], "\n")
			s.at = after
			return bounded(text), s.end(), code
		}
		if odd := strings.Count(s.text[s.at:s.lineEnd(s.at)], `"`)%2 == 1; odd {
			code = finding.QuoteOpen
		}
	}
	from := s.at
	for s.at < len(s.text) && s.text[s.at] != '\n' && s.text[s.at] != s.sep[0] {
		s.at++
	}
	text := strings.TrimSpace(s.text[from:s.at])
	return bounded(text), s.end(), code
}

// end moves beyond a separator or the end of a line.
func (s *splitter) end() (last bool) {
	if s.at >= len(s.text) {
		return true
	}
	if last = s.text[s.at] == '\n'; last {
		s.line++
	}
	s.at++
	return last
}

// quoted is a cell in quotation marks, and where what follows it begins. It is
// not one if anything but a separator follows.
func (s *splitter) quoted() (text string, after int, ok bool) {
	doubled, lines := false, 0
	for i := s.at + 1; i < len(s.text) && i < s.at+quoteBytes+MaxCell; i++ {
		switch s.text[i] {
		case '\n':
			if lines++; lines > quoteLines {
				return "", 0, false
			}
		case '"':
			if i+1 < len(s.text) && s.text[i+1] == '"' {
				doubled = true
				i++
				continue
			}
			text = s.text[s.at+1 : i]
			if doubled {
				text = strings.ReplaceAll(text, `""`, `"`)
			}
			for i++; i < len(s.text) && s.text[i] == ' ' && s.sep[0] != ' '; i++ {
			}
			return text, i, i == len(s.text) || s.text[i] == '\n' || s.text[i] == s.sep[0]
		}
	}
	return "", 0, false
}

// bounded cuts a cell that is too long for any use.
func bounded(text string) string {
	if len(text) > MaxCell {
		return text[:MaxCell]
	}
	return text
}
