package pdf

import (
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"earshot/collector/handover/paper"
)

// Write writes the document as PDF. It fails if a font cannot be read or w fails.
func Write(w io.Writer, doc *paper.Document, fonts Fonts) error {
	s, err := newSetter(doc, fonts)
	if err != nil {
		return err
	}
	s.lay()
	s.furnish()
	if err := draw(s, fonts).Output(w); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

// newSetter reads the fonts.
func newSetter(doc *paper.Document, fonts Fonts) (*setter, error) {
	regular, err := newFace(fonts.Regular)
	if err != nil {
		return nil, err
	}
	bold, err := newFace(fonts.Bold)
	if err != nil {
		return nil, err
	}
	return &setter{regular: regular, bold: bold, doc: doc, grids: map[*paper.Table]*grid{}}, nil
}

// family is the name under which the fonts are registered.
const family = "document"

// draw draws the pages that were laid out.
func draw(s *setter, fonts Fonts) *fpdf.Fpdf {
	out := fpdf.New("P", "mm", "A4", "")
	out.SetCatalogSort(true) // the order of a map would show
	out.SetAutoPageBreak(false, 0)
	describe(out, s)
	out.AddUTF8FontFromBytes(family, "", fonts.Regular)
	out.AddUTF8FontFromBytes(family, "B", fonts.Bold)
	for _, p := range s.pages {
		orientation := "P"
		if p.wide {
			orientation = "L"
		}
		out.AddPageFormat(orientation, fpdf.SizeType{Wd: short, Ht: long})
		out.SetFont(family, "", textStyle.size) // says how titles are written
		for _, section := range p.sections {
			out.Bookmark(section.title, 0, max(section.y-2, 0))
		}
		for _, m := range p.marks {
			m.draw(out)
		}
	}
	return out
}

// describe sets what the file says about itself: of the document alone, not of
// the user, the machine or the moment.
func describe(out *fpdf.Fpdf, s *setter) {
	created := s.doc.Created
	if created.IsZero() {
		created = time.Unix(0, 0)
	}
	out.SetCreationDate(created.UTC())
	out.SetModificationDate(created.UTC())
	out.SetProducer("earshot", true)
	out.SetTitle(s.short(s.doc.Title+" "+s.doc.Subject, 400, textStyle), true)
	out.SetLang(s.doc.Language)
	out.SetDisplayMode("fullpage", "continuous")
}

// draw draws a mark.
func (m mark) draw(out *fpdf.Fpdf) {
	if m.text == "" {
		m.drawArea(out)
		return
	}
	weight := ""
	if m.style.bold {
		weight = "B"
	}
	out.SetFont(family, weight, m.style.size)
	out.SetTextColor(int(m.style.ink[0]), int(m.style.ink[1]), int(m.style.ink[2]))
	if m.angle == 0 {
		out.Text(m.x, m.y, m.text)
		return
	}
	out.SetAlpha(0.14, "Normal")
	out.TransformBegin()
	out.TransformRotate(m.angle, m.x, m.y)
	out.Text(m.x, m.y, m.text)
	out.TransformEnd()
	out.SetAlpha(1, "Normal")
}

func (m mark) drawArea(out *fpdf.Fpdf) {
	r, g, b := int(m.fill[0]), int(m.fill[1]), int(m.fill[2])
	if m.frame {
		out.SetDrawColor(r, g, b)
		out.SetLineWidth(0.3)
		out.Rect(m.x, m.y, m.w, m.h, "D")
		return
	}
	out.SetFillColor(r, g, b)
	out.Rect(m.x, m.y, m.w, m.h, "F")
}
