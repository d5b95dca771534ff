package xlsx

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"earshot/collector/handover/paper"
)

// style is how a cell is formatted.
type style struct {
	header bool
	mark   paper.Mark
	format string // of its number or time; @ for text
	lines  bool   // it has more than one
}

// colours are those of the marks.
var colours = map[paper.Mark]string{paper.Good: "1D6B3A", paper.Bad: "A81C1C", paper.Look: "8A5500", paper.Faint: "5C6670"}

// font is that of the cells without a style.
const font = "Calibri"

// style is the number of a style in the workbook, which has each once.
func (b *book) style(s style) (int, error) {
	if id, known := b.styles[s]; known {
		return id, nil
	}
	out := &excelize.Style{CustomNumFmt: &s.format, Alignment: &excelize.Alignment{Vertical: "top", WrapText: s.lines}}
	if s.format == "@" {
		out.NumFmt, out.CustomNumFmt = 49, nil
	}
	bold := s.mark == paper.Bad || s.mark == paper.Look || s.mark == paper.Strong
	switch {
	case s.header:
		out.Font = &excelize.Font{Family: font, Size: 11, Bold: true, Color: "1F3A5F"}
		out.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF2F6"}}
		out.Border = []excelize.Border{{Type: "bottom", Style: 2, Color: "1F3A5F"}}
		out.Alignment.Vertical = "bottom"
	case s.mark != paper.Plain:
		out.Font = &excelize.Font{Family: font, Size: 11, Bold: bold, Color: colours[s.mark]}
	}
	id, err := b.file.NewStyle(out)
	b.styles[s] = id
	return id, err
}

// decimals is the format of a number with so many decimal places.
func decimals(n int) string {
	if n <= 0 {
		return "0"
	}
	return "0." + strings.Repeat("0", min(n, 12))
}

// timeFormat is the format of a time that Go writes with a layout.
func timeFormat(layout string) string {
	return strings.NewReplacer("2006", "yyyy", "01", "mm", "02", "dd", "15", "hh", "04", "mm", "05", "ss", ".", `\.`, "-", `\-`, " ", `\ `).Replace(layout)
}
