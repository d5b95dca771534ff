package handover

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"earshot/assets"
	"earshot/collector/handover"
	"earshot/collector/handover/html"
	"earshot/collector/handover/paper"
	"earshot/collector/handover/pdf"
	"earshot/collector/handover/xlsx"
	"earshot/collector/words"
)

// made is a protocol that can be written.
type made struct {
	doc      *handover.Document
	campaign *handover.Campaign
	lang     *words.Language
	paper    func() *paper.Document // the document laid out; made once
	sealer   *sealer
	wanted   wanted
}

// form is one of the forms of a protocol.
type form struct {
	name  string // of --format, and the end of a file's name
	write func(w io.Writer, m *made) error
}

// ending is the end of a file's name.
func (f *form) ending() string {
	if f.name == sealedForm {
		return "earshot.zip"
	}
	return f.name
}

// forms are all of them, in the order in which they are written.
var forms = []form{
	{"json", func(w io.Writer, m *made) error { return m.doc.WriteJSON(w) }},
	{"pdf", func(w io.Writer, m *made) error {
		regular, bold := assets.Fonts()
		return pdf.Write(w, m.paper(), pdf.Fonts{Regular: regular, Bold: bold})
	}},
	{"xlsx", func(w io.Writer, m *made) error { return xlsx.Write(w, m.paper()) }},
	{"html", func(w io.Writer, m *made) error { return html.Write(w, m.paper()) }},
	{"csv", func(w io.Writer, m *made) error { return m.doc.WriteCSV(w) }},
	{sealedForm, nil}, // holds the others: see sealer
}

// formNames are the values of --format.
func formNames() []string {
	var names []string
	for _, f := range slices.Concat(forms, sectionForms) {
		names = append(names, f.name)
	}
	return names
}

// formsOf are the forms that --format names, or else the one of a file's name; all of
// them for a folder.
func formsOf(named []string, output string, folder bool) ([]form, error) {
	var out []form
	if len(named) == 0 && !folder {
		named = []string{strings.ToLower(strings.TrimPrefix(filepath.Ext(output), "."))}
	}
	known := slices.Concat(forms, sectionForms)
	for _, name := range named {
		i := slices.IndexFunc(known, func(f form) bool { return f.name == strings.TrimSpace(strings.ToLower(name)) })
		switch {
		case i >= 0:
			out = append(out, known[i])
		case name == "":
			return nil, usageError("%s says no form: name it with --format, one or more of %s", output, strings.Join(formNames(), ", "))
		default:
			return nil, usageError("there is no form %.20q: use one or more of %s", name, strings.Join(formNames(), ", "))
		}
	}
	if len(named) == 0 {
		out = forms
	}
	if len(out) > 1 && !folder {
		return nil, usageError("%d forms need a folder: name one with -o", len(out))
	}
	return out, nil
}
