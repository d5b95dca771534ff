package imports

import (
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"earshot/device/wmbus"
)

// formSheet is the name of the sheet of the workbooks that earshot writes; table
// knows them by it.
const formSheet = "earshot list 1"

// forms are the words of an empty list, by language: the columns in the order of
// formFields, examples in brackets, which are not read, and the media.
var forms = map[string]struct{ columns, examples, media []string }{
	"en": {
		[]string{"Meter number", "Manufacturer", "Key", "Entrance", "Floor", "Apartment", "Room", "Medium", "Timeout", "Note"},
		[]string{"(8 digits, as printed)", "(3 letters, KAM)", "(32 hex digits)", "(A)", "(1)", "(left)", "(bath)", "(choose)", "(5m)", "(anything)"},
		[]string{"cold water", "warm water", "heat", "cooling", "heat cost allocator", "electricity", "gas", "smoke detector"},
	},
	"da": {
		[]string{"Målernr.", "Fabrikat", "Nøgle", "Opgang", "Etage", "Side", "Rum", "Målertype", "Timeout", "Bemærkning"},
		[]string{"(8 cifre, som trykt)", "(3 bogstaver, KAM)", "(32 hex-cifre)", "(A)", "(1)", "(tv)", "(bad)", "(vælg)", "(5m)", "(frit)"},
		[]string{"koldt vand", "varmt vand", "varme", "køling", "radiatormåler", "el", "gas", "røgalarm"},
	},
	"de": {
		[]string{"Zählernummer", "Hersteller", "Schlüssel", "Haus", "Etage", "Wohnung", "Raum", "Zählerart", "Timeout", "Bemerkung"},
		[]string{"(8 Ziffern, wie gedruckt)", "(3 Buchstaben, KAM)", "(32 Hex-Ziffern)", "(A)", "(1)", "(links)", "(Bad)", "(auswählen)", "(5m)", "(beliebig)"},
		[]string{"Kaltwasser", "Warmwasser", "Wärme", "Kälte", "Heizkostenverteiler", "Strom", "Gas", "Rauchmelder"},
	},
}

// Languages are those of empty lists.
func Languages() []string { return []string{"en", "da", "de"} }

// WriteForm writes an empty list to be filled in, as CSV.
func WriteForm(w io.Writer, language string) error {
	form, known := forms[language]
	if !known {
		return fmt.Errorf("no list in language %q", language)
	}
	out := newListWriter(w)
	_, _ = out.WriteString("\ufeff")
	out.row(form.columns)
	out.row(form.examples)
	return out.Flush()
}

// WriteWorkbook writes the list as a workbook, with a choice of media. Every cell
// is text, so that zeros survive and nothing is a formula. A nil Result is an
// empty list with examples.
func (r *Result) WriteWorkbook(w io.Writer, language string) error {
	form, known := forms[language]
	if !known {
		return fmt.Errorf("no list in language %q", language)
	}
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", formSheet); err != nil {
		return err
	}
	radiator := r.radiatorColumns()
	rows := [][]string{slices.Concat(form.columns, radiator)}
	if r == nil {
		rows = append(rows, form.examples)
	} else {
		for i := range r.Rows {
			rows = append(rows, append(plainCells(&r.Rows[i]), radiatorCells(&r.Rows[i].Meter, radiator)...))
		}
	}
	asText, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return err
	}
	if err := f.SetColStyle(formSheet, "A:J", asText); err != nil {
		return err
	}
	for i, width := range []float64{24, 18, 36, 10, 10, 12, 16, 22, 10, 30} {
		column := letter(i)
		if err := f.SetColWidth(formSheet, column, column, width); err != nil {
			return err
		}
	}
	if err := f.SetPanes(formSheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, row := range rows {
		if err := f.SetSheetRow(formSheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	choice := excelize.NewDataValidation(true)
	choice.Sqref = fmt.Sprintf("H2:H%d", max(len(rows), 1000))
	if err := choice.SetDropList(form.media); err != nil {
		return err
	}
	if err := f.AddDataValidation(formSheet, choice); err != nil {
		return err
	}
	return f.Write(w)
}

// plainCells are the cells of a row without marks for spreadsheets.
func plainCells(row *Row) []string {
	cells := meterCells(row)
	m := &row.Meter
	if !row.Lone {
		cells[0] = m.ID.String()
	}
	cells[2] = wmbus.KeyHex(m.Key.Prepared())
	copy(cells[3:], []string{m.Place.Entrance, m.Place.Floor, m.Place.Apartment, m.Place.Room, m.Medium})
	cells[9] = m.Note
	return cells
}
