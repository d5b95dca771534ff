package paper

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/collector/words"
)

// texts are all texts below a value.
func texts(v reflect.Value) (out []string) {
	switch v.Kind() {
	case reflect.String:
		out = append(out, v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			out = texts(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, texts(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out = append(out, texts(v.Field(i))...)
			}
		}
	}
	return out
}

// TestEachTextIsThere finds names that stand in the place of their text, and
// placeholders that nothing filled in.
func TestEachTextIsThere(t *testing.T) {
	t.Parallel()
	running := handovertest.Example()
	running.State, running.Campaign.Ended, running.Tasks = handover.Complete, nil, nil
	for _, l := range words.Languages() {
		for _, d := range []*handover.Document{handovertest.Example(), running, {}} {
			doc := New(d, l)
			for _, text := range texts(reflect.ValueOf(doc)) {
				if strings.Contains(text, "paper.") || strings.Contains(text, "<nil>") || strings.Contains(text, "{{") && text != doc.Page {
					t.Errorf("%s: %q", l, text)
				}
			}
		}
	}
}

// TestNothingIsLost finds each meter, place, note, cause and step of the example on
// paper and in the workbook.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	d := handovertest.Example()
	doc := New(d, words.English)
	pages := strings.ReplaceAll(strings.Join(texts(reflect.ValueOf(doc.Sections)), "\n"), noBreak, " ")
	sheets := strings.Join(texts(reflect.ValueOf(doc.Sheets)), "\n")
	for _, m := range d.Meters {
		for _, want := range []string{strings.Replace(m.Ref, "-", " ", 1), m.Place.Room, m.Device.Text, m.Key.Fingerprint} {
			if !strings.Contains(pages, want) {
				t.Errorf("the pages lack %q of line %d", want, m.Line)
			}
		}
		for _, want := range []string{m.Ref, m.Serial, m.Place.Room, m.Device.Text, m.Key.Text, m.Key.Fingerprint, m.Verdict.Text} {
			if !strings.Contains(sheets, want) {
				t.Errorf("the sheets lack %q of line %d", want, m.Line)
			}
		}
		for _, n := range m.Notes {
			if !strings.Contains(pages, n.Text) || !strings.Contains(sheets, n.Text) {
				t.Errorf("the note %q is lost", n.Text)
			}
		}
	}
	wanted := []string{d.Owner.Name, d.Contact.Company, d.Company.Address, d.Installer.Certificate, d.Equipment.Antenna, d.Equipment.Gateways[0].Network,
		d.Evidence.LogSHA256, d.Previous, d.Method.NotChecked, d.Readiness.Disclaimer, d.Settlement.Note, d.Radiators[0].Sealed, d.LeftOut[0].Reason, d.Summary.Headline}
	for _, p := range d.Open {
		wanted = append(wanted, p.Place, p.Cause, p.Next, p.WhoText)
	}
	for _, task := range d.Tasks {
		wanted = append(wanted, task.Text)
	}
	for _, want := range wanted {
		if !strings.Contains(pages, want) {
			t.Errorf("the pages lack %q", want)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	b := &builder{l: words.German}
	for _, test := range []struct {
		number, text string
		value        any
	}{
		{number: "54.512", text: "54,512", value: Number{Value: 54.512, Decimals: 3}},
		{number: "-0.50", text: "-0,50", value: Number{Value: -0.5, Decimals: 2}},
		{number: "18234", text: "18234", value: Number{Value: 18234}},
		{number: "", text: ""},
		{number: "1e5", text: "1e5"},
		{number: "NaN", text: "NaN"},
		{number: "0x10", text: "0x10"},
		{number: "1_000", text: "1_000"},
		{number: "75 %", text: "75 %"},
		{number: "12345678901234567", text: "12345678901234567"},
	} {
		if got := b.number(json.Number(test.number)); got.Text != test.text || got.Value != test.value {
			t.Errorf("%s gives %+v, want %q and %+v", test.number, got, test.text, test.value)
		}
	}
}

func TestListLines(t *testing.T) {
	t.Parallel()
	b := &builder{l: words.English}
	for _, test := range []struct {
		lines []int
		want  string
	}{
		{lines: nil, want: ""},
		{lines: []int{8}, want: "8"},
		{lines: []int{4, 5, 7}, want: "4, 5, 7"},
		{lines: []int{2, 3, 4, 7, 9, 10, 11, 12}, want: "2–4, 7, 9–12"},
	} {
		if got := b.listLines(test.lines); got != test.want {
			t.Errorf("%v is written %q, want %q", test.lines, got, test.want)
		}
	}
	var odd []int
	for n := range 1000 {
		odd = append(odd, 2*n+1)
	}
	if got := b.listLines(odd); !strings.HasSuffix(got, ", 59 …") {
		t.Errorf("a thousand lines are written %q", got)
	}
}

func TestFilled(t *testing.T) {
	t.Parallel()
	all := []Column{{Title: "a"}, {Title: "b"}, {Title: "c"}}
	got := filled(&Table{Columns: all, Groups: []Group{
		{Rows: []Row{{{Text: "1"}, {}, {}}}}, {}, {Rows: []Row{{{}, {}, {}}, {{}, {}, {Text: "3"}}}},
	}})
	if want := []Column{{Title: "a"}, {Title: "c"}}; !slices.Equal(got.Columns, want) || fmt.Sprint(got.Groups[2].Rows) != "[[{ <nil> 0} { <nil> 0}] [{ <nil> 0} {3 <nil> 0}]]" {
		t.Errorf("columns %v, rows %v", got.Columns, got.Groups)
	}
	if all[1].Title != "b" || all[2].Title != "c" {
		t.Errorf("the columns of other tables became %v", all)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"12\u00a0m³\nnext":   "12\u00a0m³\nnext",
		"a\x1b[31m\u202eb\t": "a[31mb ",
		"\xff":               "\ufffd",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestSubject leaves out what an address repeats.
func TestSubject(t *testing.T) {
	t.Parallel()
	d := handovertest.Example()
	if got, want := New(d, words.English).Subject, "Søndergade 12, 8000 Aarhus C"; got != want {
		t.Errorf("the subject is %q, want %q", got, want)
	}
}

// TestSignatures: a draft has nothing to sign.
func TestSignatures(t *testing.T) {
	t.Parallel()
	for state, boxes := range map[handover.State]bool{"": false, handover.Draft: false, handover.WithExceptions: true, handover.Complete: true} {
		d := handovertest.Example()
		d.State = state
		b := &builder{d: d, l: words.English}
		_, has := b.signatures().Parts[0].(Signatures)
		if has != boxes {
			t.Errorf("a protocol that is %q has boxes to sign in: %v", state, has)
		}
	}
}

// TestOpenFirst: what is open stands before what needs attention, also if that is
// urgent, and each says which it is.
func TestOpenFirst(t *testing.T) {
	t.Parallel()
	d := handovertest.Example()
	d.Open = []handover.Point{{Line: 4, Kind: "alarm", WhoText: "Owner", Urgent: true}, {Line: 5, Kind: "failed", WhoText: "Owner"}, {Line: 6, Kind: "list", WhoText: "Owner"}}
	b := &builder{d: d, l: words.English}
	got := []string{}
	for _, group := range b.points().Parts[0].(*Table).Groups {
		for _, row := range group.Rows {
			got = append(got, strings.ReplaceAll(row[0].Text, noBreak, " ")+" "+row[1].Text)
		}
	}
	if want := []string{"open 5", "look at 4", "look at 6"}; !slices.Equal(got, want) {
		t.Errorf("the points are %q, want %q", got, want)
	}
}
