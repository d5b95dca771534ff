package imports

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
	"earshot/collector/site"
	"earshot/device/printable"
	"earshot/device/wmbus"
)

// archive packs members, by name.
func archive(t testing.TB, members ...string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i])
		must(t, err)
		_, err = w.Write([]byte(members[i+1]))
		must(t, err)
	}
	must(t, z.Close())
	return out.String()
}

// workbook is a workbook written by hand.
func workbook(t testing.TB, rows, shared string) string {
	t.Helper()
	return archive(t, "[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Liste" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/sharedStrings.xml", shared,
		"xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+rows+`</sheetData></worksheet>`)
}

func inline(at, text string) string {
	return fmt.Sprintf(`<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at, text)
}

// TestFormulas reads a workbook with formulas, with and without stored values.
func TestFormulas(t *testing.T) {
	t.Parallel()
	file := workbook(t, `<row r="1">`+inline("A1", "id")+inline("B1", "room")+`</row>`+
		`<row r="2"><c r="A2" t="str"><f>CONCATENATE("0122","3344")</f><v>01223344</v></c>`+inline("B2", "Bath")+`</row>`+
		`<row r="3"><c r="A3"><f>A2+1</f></c>`+inline("B3", "Hall")+`</row>`+
		`<row r="4"><c r="A4"><v>1.1223344E7</v></c>`+inline("B4", "Attic")+`</row>`, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`)
	r, err := Read(strings.NewReader(file), "list.xlsx", Options{})
	if want := "'01223344;;;;;;Bath\n11223344;;;;;;Attic\n= list.xlsx[Liste]:3 not_calculated\n"; err != nil || outcomeOf(r, err, "") != want {
		t.Errorf("%v\n%s\nwant\n%s", err, outcomeOf(r, err, ""), want)
	}
}

// TestBadFiles: what tries to take memory or to cheat is refused, or cut.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 40<<20)
	nested := archive(t, "list.csv", "id\n11223344\n")
	for range 5 {
		nested = archive(t, "inner.zip", nested)
	}
	var many []string
	for i := range 5001 {
		many = append(many, fmt.Sprintf("%d.csv", i), "")
	}
	for name, c := range map[string]struct {
		file string
		want finding.Code
	}{
		"zip bomb":        {file: archive(t, "a", zeros, "b", zeros, "c", zeros, "d", zeros, "e", zeros, "f", zeros, "g", zeros), want: finding.FileLarge},
		"nested zips":     {file: nested, want: finding.FileBroken},
		"many members":    {file: archive(t, many...), want: finding.FileLarge},
		"cut off":         {file: archive(t, "list.csv", "id\n11223344\n")[:60], want: finding.FileBroken},
		"empty zip":       {file: archive(t), want: finding.FileEmpty},
		"document":        {file: archive(t, "word/document.xml", "<w/>"), want: finding.FileWord},
		"OpenDocument":    {file: archive(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet"), want: finding.FileODS},
		"no workbook":     {file: archive(t, "xl/workbook.xml", "<"), want: finding.FileBroken},
		"entities":        {file: workbook(t, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>`), want: ""},
		"deep JSON":       {file: `[{"id":"11223344"},` + strings.Repeat("[", 100_000), want: finding.FileDeep},
		"deep objects":    {file: strings.Repeat(`{"a":`, 100_000), want: finding.FileDeep},
		"a million rows":  {file: "id\n" + strings.Repeat("11223344\n", 1_000_000), want: finding.FileRows},
		"large":           {file: strings.Repeat("1", table.MaxSize+1), want: finding.FileLarge},
		"XML bomb":        {file: `<!DOCTYPE x [<!ENTITY a "aaaa">]><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><x>&a;</x></Workbook>`, want: finding.FileDoctype},
		"not well formed": {file: `<MetersInOrder><Meter><SerialNo>1`, want: finding.FileBroken},
		"rich text":       {file: `{\rtf1 x}`, want: finding.FileWord},
		"age":             {file: "age-encryption.org/v1\n-> X25519 x\n", want: finding.FileEncrypted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := Read(strings.NewReader(c.file), "x", Options{})
			var refused *table.Refused
			if !errors.As(err, &refused) || c.want != "" && refused.Code != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
			if len(r.Rows) != 0 {
				t.Errorf("%d rows", len(r.Rows))
			}
		})
	}
}

// TestLongCells: a cell of 10 MB harms only its own row.
func TestLongCells(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10<<20)
	r, err := Read(strings.NewReader("id;note\n11223344;"+long+"\n"+long+";\n11223345;x\n"), "l.csv", Options{})
	if err != nil || len(r.Rows) != 1 || len(r.Rejected) != 2 {
		t.Fatalf("%v, %d rows, %d refused", err, len(r.Rows), len(r.Rejected))
	}
	var list bytes.Buffer
	must(t, r.WriteRejected(&list, func(f finding.Finding) string { return string(f.Code) }))
	if list.Len() > 300<<10 {
		t.Errorf("the refused rows have %d bytes", list.Len())
	}
}

// TestRoundTrip writes random meters as a list and reads it again: it is the
// same list, byte for byte, and nothing has to be repaired.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	word := rapid.Map(rapid.StringOfN(rapid.RuneFrom([]rune("aZ019 äÖøł,;\"#'.-=+@|")), 0, 12, -1), Clean)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.Uint32Range(1, 0x99999998), 1, 20, func(id uint32) uint32 { return id }).Draw(t, "ids")
		in := &Result{}
		for _, id := range ids {
			m := site.Meter{ID: wmbus.ID(id), Medium: rapid.SampledFrom([]string{"", "cold water", "heat"}).Draw(t, "medium"), Note: word.Draw(t, "note")}
			m.Place = site.Place{Entrance: "A", Floor: word.Draw(t, "floor"), Apartment: "tv", Room: word.Draw(t, "room")}
			if size := rapid.SampledFrom([]int{0, 8, 16}).Draw(t, "size"); size > 0 {
				raw := rapid.SliceOfN(rapid.ByteRange(1, 255), size, size).Draw(t, "key")
				raw[0], raw[1] = 0x1A, 0x2B // neither zeros nor one digit
				m.Key, _ = site.NewKey(raw)
			}
			in.Rows = append(in.Rows, Row{Meter: m})
		}
		var first, second bytes.Buffer
		if err := in.WriteList(&first); err != nil {
			t.Fatal(err)
		}
		out, err := Read(bytes.NewReader(first.Bytes()), "l.csv", Options{})
		if err != nil || len(out.Rejected) > 0 || len(out.Findings) > 0 {
			t.Fatalf("%v, refused %v, findings %v of\n%s", err, out.Rejected, out.Findings, first.String())
		}
		if err := out.WriteList(&second); err != nil {
			t.Fatal(err)
		}
		if first.String() != second.String() {
			t.Fatalf("written\n%s\nread\n%s", first.String(), second.String())
		}
	})
}

// FuzzRead: whatever a file holds, it is read or refused; no text that is said
// has a key, or a character that a terminal obeys.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"id,key\n12345678," + testKey(1)[1:] + "\n", "Målernr.;Nøgle;Placering\n1234567;" + testKey(1) + ";Opgang A, 1. tv\n", testKey(1) + "," + testKey(2) + "\n",
		"sep=;\nkey;id\nSommer-Haus_2026;KAM-1234\n", "\xff\xfei\x00d\x00\n\x001\x002\x003\x004\x00", "<table><tr><td>id<td>key<tr><td rowspan=2>12345678</table>",
		`[{"id":1,"key":"` + testKey(1) + `"}]`, "name=a\nid=12345678\nkey=" + testKey(1), "<MetersInOrder><Meter><SerialNo>1</SerialNo><DEK>2</DEK></Meter></MetersInOrder>",
		"Serial number: 12345678\nData Encryption Key: " + testKey(1), "\x1b[2Jid\n\x1b\n", "id," + testKey(1) + "\n" + testKey(1) + ",\n",
		";øgle;ACering\n;0;0000000000000000 0 tv",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(bytes.NewReader(data), "list", Options{})
		var refused *table.Refused
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("another error: %#v", err)
		}
		var list bytes.Buffer
		if err := r.WriteList(&list); err != nil {
			t.Fatal(err)
		}
		said := append([]finding.Finding{}, r.Findings...)
		for _, bad := range r.Rejected {
			said = append(said, bad.Reasons...)
		}
		if refused != nil {
			said = append(said, refused.Finding)
		}
		for _, f := range said {
			text := f.Was + "|" + f.Now
			if run := longestHex(text); run > 15 {
				t.Fatalf("%s has %d hex digits in a row: %s", f.Code, run, text)
			}
			if printable.Text(text) != text {
				t.Fatalf("%s has what a terminal obeys: %q", f.Code, text)
			}
		}
		for _, s := range r.Sheets {
			for _, c := range s.Columns {
				if run := longestHex(c.Name); run > 15 {
					t.Fatalf("the column %q has %d hex digits", c.Name, run)
				}
			}
		}
	})
}
