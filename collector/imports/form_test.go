package imports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"earshot/collector/imports/finding"
)

// TestForms fills in the empty lists of all languages: the columns are read, the
// examples are not meters, and every medium that can be chosen is known.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, language := range Languages() {
		var file bytes.Buffer
		must(t, (*Result)(nil).WriteWorkbook(&file, language))
		f, err := excelize.OpenReader(bytes.NewReader(file.Bytes()))
		must(t, err)
		choices, err := f.GetDataValidations(formSheet)
		must(t, err)
		if len(choices) != 1 || !strings.Contains(choices[0].Formula1, forms[language].media[0]) {
			t.Errorf("%s: the media are no choice: %v", language, choices)
		}
		for i, medium := range forms[language].media {
			must(t, f.SetSheetRow(formSheet, fmt.Sprintf("A%d", i+3), &[]string{"0122334" + string(rune('0'+i)), "KAM", testKey(i + 1), "A", "1", "tv", "Bad", medium, "5m", "=x"}))
		}
		file.Reset()
		must(t, f.Write(&file))
		must(t, f.Close())
		r, err := Read(&file, "form.xlsx", Options{})
		if err != nil || len(r.Rows) != len(forms[language].media) || len(r.Rejected) != 0 {
			t.Fatalf("%s: %v, %d rows, refused %v", language, err, len(r.Rows), r.Rejected)
		}
		for i, row := range r.Rows {
			m := row.Meter
			if m.Ref() != "KAM-0122334"+string(rune('0'+i)) || m.Medium != forms["en"].media[i] || m.Place.String() != "A 1 tv Bad" || m.Note != "=x" || m.Key.IsZero() {
				t.Errorf("%s, row %d: %+v", language, i, m)
			}
		}
		file.Reset()
		must(t, WriteForm(&file, language))
		if r, err := Read(&file, "form.csv", Options{}); err == nil || len(r.Findings) != 1 || r.Findings[0].Code != finding.LineSkipped {
			t.Errorf("%s: the CSV is read as %v, %v", language, err, r.Findings)
		}
	}
}

// TestWorkbookRoundTrip: a list as a workbook gives the same list.
func TestWorkbookRoundTrip(t *testing.T) {
	t.Parallel()
	list := fillKeys("\ufeff" + Schema + "\nid;manufacturer;key;entrance;floor;apartment;room;medium;timeout;note\n'01223344;KAM;{K1};A;'01;tv;'=SUM(1);cold water;5m;'-x\n" +
		"11223345;;;;;;;;;\n;;{K2};;;;;;;\n")
	r, err := Read(strings.NewReader(list), "l.csv", Options{})
	must(t, err)
	var workbook, again bytes.Buffer
	must(t, r.WriteWorkbook(&workbook, "da"))
	back, err := Read(&workbook, "l.xlsx", Options{})
	must(t, err)
	must(t, back.WriteList(&again))
	if again.String() != list {
		t.Errorf("%s\nwant\n%s", again.String(), list)
	}
}
