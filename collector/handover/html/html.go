package html

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"earshot/collector/handover/paper"
)

//go:embed page.tmpl
var page string

// Write writes the document as HTML. It fails if w fails.
func Write(w io.Writer, doc *paper.Document) error {
	t, err := template.New("page").Funcs(template.FuncMap{"kind": kind, "class": class, "clean": clean, "outline": outline, "fixed": fixed}).Parse(page)
	if err != nil {
		return fmt.Errorf("read the template of the page: %w", err)
	}
	if err := t.Execute(w, doc); err != nil {
		return fmt.Errorf("write the HTML: %w", err)
	}
	return nil
}

// clean is a text of any of the types that texts have.
func clean(text any) string { return paper.Clean(fmt.Sprint(text)) }

// fixed reports whether a cell stays on one line: a number, a day or one short word.
func fixed(c paper.Cell) bool {
	return c.Value != nil || len(c.Text) <= 12 && !strings.ContainsAny(c.Text, " \n")
}

// outline are the dark modules of a picture as a path of SVG.
func outline(rows [][]bool) string {
	var b strings.Builder
	for y, row := range rows {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return b.String()
}

// kind is the name of a part's kind: a template knows no types.
func kind(p paper.Part) string {
	switch p.(type) {
	case paper.Lead:
		return "lead"
	case paper.Heading:
		return "heading"
	case paper.Text:
		return "text"
	case paper.List:
		return "list"
	case paper.Notice:
		return "notice"
	case paper.Fields:
		return "fields"
	case paper.Tally:
		return "tally"
	case *paper.Table:
		return "table"
	case paper.Code:
		return "code"
	case paper.Signatures:
		return "signatures"
	}
	return ""
}

// class is the CSS class of a mark.
func class(m paper.Mark) string {
	switch m {
	case paper.Good:
		return "good"
	case paper.Bad:
		return "bad"
	case paper.Look:
		return "look"
	case paper.Faint:
		return "faint"
	case paper.Strong:
		return "strong"
	}
	return "plain"
}
