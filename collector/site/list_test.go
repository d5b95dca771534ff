package site

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"earshot/device/wmbus"
)

// full is a list with every column; {k} stands for a key.
const full = `id,manufacturer,key,entrance,floor,apartment,room,medium,timeout,note
76348799,KAM,{k},A,st.,tv,bath,cold water,30s,"left, behind the shaft"
00000042,,,B,1.,th,kitchen,,,
`

func maker(t testing.TB, s string) wmbus.Manufacturer {
	t.Helper()
	m, err := wmbus.ParseManufacturer(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fullMeters is what full says.
func fullMeters(t testing.TB) []Meter {
	return []Meter{
		{Row: 2, ID: 0x76348799, Manufacturer: maker(t, "KAM"), Key: mustKey(t, aesText), Place: Place{"A", "st.", "tv", "bath"},
			Medium: "cold water", Timeout: 30 * time.Second, Note: "left, behind the shaft"},
		{Row: 3, ID: 0x42, Place: Place{"B", "1.", "th", "kitchen"}},
	}
}

func withKey(list string) string { return strings.ReplaceAll(list, "{k}", aesText) }

func sameMeters(t *testing.T, got, want []Meter) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d meters, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if !got[i].Key.Equal(want[i].Key) {
			t.Errorf("meter %d has another key", i)
		}
		got[i].Key = want[i].Key
		if got[i] != want[i] {
			t.Errorf("meter %d:\n got %+v\nwant %+v", i, got[i], want[i])
		}
	}
}

func TestReadForms(t *testing.T) {
	t.Parallel()
	list := withKey(full)
	utf16le := func(s string) string {
		var b strings.Builder
		b.WriteString("\xff\xfe")
		for _, r := range s {
			b.WriteByte(byte(r))
			b.WriteByte(byte(r >> 8))
		}
		return b.String()
	}
	semicolons := strings.ReplaceAll(strings.ReplaceAll(list, ",", ";"), "left;", "left,")
	for name, text := range map[string]string{
		"as it is":        list,
		"CRLF":            strings.ReplaceAll(list, "\n", "\r\n"),
		"old Mac":         strings.ReplaceAll(list, "\n", "\r"),
		"BOM":             "\ufeff" + list,
		"no last line":    strings.TrimSuffix(list, "\n"),
		"semicolons":      semicolons,
		"tabs":            strings.ReplaceAll(strings.ReplaceAll(list, ",", "\t"), "left\t", "left,"),
		"UTF-16":          utf16le(list),
		"upper case":      strings.Replace(list, "id,manufacturer,key", "ID, Manufacturer ,KEY", 1),
		"synonyms":        strings.Replace(list, "id,manufacturer,key,entrance", "Serial No.,Mfr,AES-Key,Staircase", 1),
		"German":          strings.Replace(semicolons, "id;manufacturer;key;entrance;floor", "Zählernummer;Hersteller;Schlüssel;Eingang;Etage", 1),
		"German, Latin-1": strings.Replace(semicolons, "id;manufacturer;key;entrance;floor", "Z\xe4hlernummer;Hersteller;Schl\xfcssel;Eingang;Etage", 1),
		"spaces":          strings.ReplaceAll(strings.Replace(list, `"left, behind the shaft"`, "\x00", 1), ",", " , "),
		"empty cells":     strings.ReplaceAll(strings.Replace(list, "note\n", "note,,\n", 1), "shaft\"\n", "shaft\",,\n"),
		"missing zeros":   strings.Replace(list, "00000042", "0042", 1),
		"ID with maker":   strings.Replace(list, "76348799,KAM", "KAM-76348799,", 1),
		"ID in parts":     strings.Replace(list, "76348799", "7634 8799", 1),
		"Kamstrup label":  strings.Replace(list, "76348799", "76348799/WA/19", 1),
		"escape codes":    strings.Replace(list, "cold water", "\x1b\u202ecold \u200b\a  water\u2028", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(text, "\x00", `"left, behind the shaft"`, 1)
			if name == "UTF-16" {
				text = utf16le(list)
			}
			got, err := Read(strings.NewReader(text), "dir/Søndergade 12.csv")
			if err != nil {
				t.Fatal(err)
			}
			sameMeters(t, got.Meters, fullMeters(t))
			if got.Name != "Søndergade 12" || len(got.Warnings) != 0 {
				t.Errorf("name %q, warnings %v", got.Name, got.Warnings)
			}
		})
	}
}

func TestReadCounted(t *testing.T) {
	t.Parallel()
	// Lines are counted as an editor counts them, whatever stands between the meters.
	text := "sep=;\n# from the supplier\n\nkey;id\n;76348799\n\n;;\n# \"\n\"" + aesText + "\";\"54084283\"\n"
	got, err := Read(strings.NewReader(text), "l.csv")
	if err != nil {
		t.Fatal(err)
	}
	sameMeters(t, got.Meters, []Meter{{Row: 5, ID: 0x76348799}, {Row: 9, ID: 0x54084283, Key: mustKey(t, aesText)}})
}

func TestReadLatin1(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"id,room\n12345678,K\xfcche \x80\n", "id,room\n12345678,Küche €\n"} {
		got, err := Read(strings.NewReader(text), "l.csv")
		if err != nil {
			t.Fatal(err)
		}
		if room := got.Meters[0].Place.Room; room != "Küche €" {
			t.Errorf("%q is read as %q", text, room)
		}
	}
}

// TestReadWarns lists what is told without harm to a row.
func TestReadWarns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"unknown column": {"id,order number\n12345678,9\n", `l.csv: line 1: column 2, "order number", is not known and was not read: remove it, or give it one of the names in docs/lists.md`},
		"without name":   {"id,,note\n12345678,9,x\n", "l.csv: line 1: column 2 has no name and was not read: name it or remove it"},
		"name and synonym": {"serial,id\n87654321,12345678\n",
			`l.csv: line 1: column 1 is not read, since column 2 is named "id"`},
		"synonym and name": {"id,serial\n12345678,87654321\n", `l.csv: line 1: column 2 is not read, since column 1 is named "id"`},
		"key as a name":    {"id,00112233445566778899\n12345678,x\n", `l.csv: line 1: column 2, (20 characters), is not known and was not read: remove it, or give it one of the names in docs/lists.md`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Read(strings.NewReader(c.text), "l.csv")
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Warnings) != 1 || got.Warnings[0].Error() != c.want {
				t.Errorf("warnings %v, want %s", got.Warnings, c.want)
			}
			if len(got.Meters) != 1 || got.Meters[0].ID != 0x12345678 {
				t.Errorf("meters %v", got.Meters)
			}
		})
	}
}

// TestReadBadRows has one bad row between two good ones for each thing that
// can be wrong with it.
func TestReadBadRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ row, want string }{
		"short key":       {"12345678,KAM," + aesText[1:], "line 3: key has 31 hex digits, an AES key has 32: check whether digits were lost in copying"},
		"no id":           {",KAM," + aesText, "line 3: id is empty: write the number that is printed on the meter, or remove the row"},
		"long id":         {"123456789,KAM,", "line 3: id has 9 digits, but a meter's number has 8: write it as printed on the meter, including leading zeros"},
		"short id":        {"123,KAM,", "line 3: id has 3 digits, but a meter's number has 8: write it as printed on the meter, including leading zeros"},
		"short hex id":    {"123456F,KAM,", "line 3: id has 7 digits, but a meter's number has 8: write it as printed on the meter, including leading zeros"},
		"id of letters":   {"Küche,KAM,", `line 3: id "Küche" is not a meter number: write the 8 digits that are printed on the meter`},
		"id as number":    {"7.63488E+07,KAM,", "line 3: the spreadsheet has rounded the id: format the column as text, enter the number again and export the list again"},
		"key as id":       {aesText + ",KAM,", "line 3: id has 32 digits, like a key: check whether the columns are swapped; an id has 8"},
		"plain key as id": {"Sommer-Haus_2026,KAM,", `line 3: id (16 characters) is not a meter number: write the 8 digits that are printed on the meter`},
		"maker's name":    {"12345678,Kamstrup,", `line 3: manufacturer "Kamstrup" is not known: write the three letters on the meter, such as KAM, or leave it empty`},
		"two makers":      {"DME-12345678,KAM,", "line 3: manufacturer is KAM here and DME in the id: correct one of them"},
		"word as timeout": {"12345678,KAM,,soon", `line 3: timeout "soon" is not a duration: write seconds (45) or a number with its unit (30s, 5min, 2h, 1d)`},
		"key as timeout":  {"12345678,KAM,," + aesText, `line 3: timeout (32 characters) is not a duration: write seconds (45) or a number with its unit (30s, 5min, 2h, 1d)`},
		"no timeout":      {"12345678,KAM,,0", `line 3: timeout "0" is out of range: write more than 0 and at most 366d, or leave it empty`},
		"past":            {"12345678,KAM,,-5s", `line 3: timeout "-5s" is out of range: write more than 0 and at most 366d, or leave it empty`},
		"eternity":        {"12345678,KAM,,9999999d", `line 3: timeout "9999999d" is out of range: write more than 0 and at most 366d, or leave it empty`},
		"long note":       {"12345678,KAM,,," + strings.Repeat("x", 501), "line 3: note has 501 characters, at most 500 are allowed: shorten it"},
		"many cells":      {"12345678,KAM,,,left,behind the shaft", "line 3: row has 6 cells, but the first line names 5 columns: put texts that contain a separator in quotation marks"},
		"quote inside":    {`12345678,KAM,,,5" pipe`, "line 3: a quotation mark is in the middle of a cell or is not closed: remove it, or put the whole cell in quotation marks and double those inside"},
		"duplicate":       {"11111111,,", "line 3: meter 11111111 is already in line 2: remove one of the two"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "id,manufacturer,key,timeout,note\n11111111,,\n" + c.row + "\n22222222,,\n"
			got, err := Read(strings.NewReader(text), "l.csv")
			var bad *BadRows
			if !errors.As(err, &bad) {
				t.Fatalf("error %v", err)
			}
			if want := "l.csv: 1 line cannot be used\n  " + c.want; err.Error() != want {
				t.Errorf("%s\nwant %s", err, want)
			}
			var row RowError
			if !errors.As(err, &row) || row.Line != 3 || row.Error() != "l.csv: "+c.want {
				t.Errorf("row error %v", row)
			}
			sameMeters(t, got.Meters, []Meter{{Row: 2, ID: 0x11111111}, {Row: 4, ID: 0x22222222}})
		})
	}
}

func TestReadQuoteNotClosed(t *testing.T) {
	t.Parallel()
	text := "id,note\n11111111,\n22222222,\"left\n33333333,\n44444444,\"right\"\n55555555,\n"
	got, err := Read(strings.NewReader(text), "l.csv")
	want := "l.csv: 1 line cannot be used\n  line 3: the quotation mark that opens here is not closed, so lines 3 to 5 were not read: close it or remove it"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	sameMeters(t, got.Meters, []Meter{{Row: 2, ID: 0x11111111}, {Row: 6, ID: 0x55555555}})
}

func TestReadAllThatIsWrong(t *testing.T) {
	t.Parallel()
	text := "id,manufacturer,key,kye\n12345678,Kamstrup,0\n12345678,,\nKAM-12345678,,\nDME-87654321,,\nKAM-87654321,,\n87654321,,\n"
	got, err := Read(strings.NewReader(text), "l.csv")
	want := `l.csv: 4 lines cannot be used
  line 2: manufacturer "Kamstrup" is not known: write the three letters on the meter, such as KAM, or leave it empty
  line 2: key has 1 hex digits, an AES key has 32: ask for the whole key
  line 3: meter 12345678 is already in line 2: remove one of the two
  line 4: meter KAM-12345678 is already in line 2, which names no manufacturer: name the manufacturer in both, or remove one of the two
  line 7: meter 87654321 is already in line 5, and this one names no manufacturer: name the manufacturer in both, or remove one of the two`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	if len(got.Meters) != 2 || got.Meters[0].Ref() != "DME-87654321" || got.Meters[1].Ref() != "KAM-87654321" {
		t.Errorf("meters %v", got.Meters)
	}
}

func TestReadTypoInHeader(t *testing.T) {
	t.Parallel()
	got, err := Read(strings.NewReader("id,kye,Door\n12345678,"+aesText+",2\n"), "l.csv")
	want := "l.csv: 1 line cannot be used\n  line 1: column 2, \"kye\", is not known: if it is \"key\", name it so, otherwise rename or remove it"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	sameMeters(t, got.Meters, []Meter{{Row: 2, ID: 0x12345678}})
	if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0].Reason, `"Door"`) {
		t.Errorf("warnings %v", got.Warnings)
	}
}

func TestReadNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "l.csv: the file is empty: write the column names into the first line (id,key), then a line for each meter"},
		"only comments": {"# id\n\n", "l.csv: the file is empty: write the column names into the first line (id,key), then a line for each meter"},
		"only sep":      {"sep=;", "l.csv: the file is empty: write the column names into the first line (id,key), then a line for each meter"},
		"only a header": {"id,key\n", "l.csv: no meters in the list: add a line for each below the column names"},
		"blank rows":    {"id,key\n,\n , \n", "l.csv: no meters in the list: add a line for each below the column names"},
		"semicolons":    {"id,key\n,\n;\n", "l.csv: 1 line cannot be used\n  line 3: id \";\" is not a meter number: write the 8 digits that are printed on the meter"},
		"no header":     {"12345678," + aesText + "\n", "l.csv: line 1: the line with the column names is missing: put one above the first meter, such as id,key"},
		"no id":         {"\n\nkey,note\n" + aesText + ",x\n", `l.csv: line 3: no column is called "id": the first line names the columns, and the one with the meters' numbers must be called "id"`},
		"only keys":     {aesText + "\n" + aesText + "\n", `l.csv: line 1: no column is called "id": the first line names the columns, and the one with the meters' numbers must be called "id"`},
		"two ids":       {"id,ID\n1,2\n", `l.csv: line 1: two columns are named "id": rename or remove one of them`},
		"two synonyms":  {"serial,key,meter no\n1,2\n", `l.csv: line 1: columns 1 and 3 could both be "id": name the right one "id", and rename or remove the other`},
		"quotes":        {"id,\"key\n12345678,\n", "l.csv: line 1: the line with the column names has a stray quotation mark: remove it"},
		"binary":        {"id,key\n\x00\x01\x02\xff", "l.csv: this is not a text file: save the list as CSV"},
		"spreadsheet":   {"PK\x03\x04\x14\x00", "l.csv: this is a spreadsheet or a zip archive: save it as CSV"},
		"XML":           {"<?xml version=\"1.0\"?><MetersInOrder/>", "l.csv: this is XML, perhaps a key file: save the list as CSV"},
		"a recording":   {`{"time":"2026-02-28T10:15:00Z","hex":"3E44A511"}` + "\n", "l.csv: this is JSON, perhaps a recording: play it with earshot replay FILE --site LIST"},
		"hex lines":     {strings.Repeat("3E44A511", 5) + "\n", "l.csv: line 1: this file holds telegrams, perhaps a recording: play it with earshot replay FILE --site LIST"},
		"rtl_wmbus":     {"T1;1;1;2026-02-28 10:15:00.000;97;148;88888888;0x" + strings.Repeat("3E44A511", 5) + "\n", "l.csv: line 1: this file holds telegrams, perhaps a recording: play it with earshot replay FILE --site LIST"},
		"many columns":  {"id" + strings.Repeat(",x", 200) + "\n1234\n", "l.csv: line 1: it names 201 columns, at most 200 are allowed: this is not a list of meters, check the file's name"},
		"many rows":     {"id\n12345678\n" + strings.Repeat("x\n", MaxRows), "l.csv: more than 200000 rows: split the list into one for each site"},
		"too large":     {strings.Repeat("1", MaxSize+1), "l.csv: larger than 16 MB: this is not a list of meters, check its name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Read(strings.NewReader(c.text), "l.csv")
			if err == nil || err.Error() != c.want {
				t.Errorf("%v\nwant %s", err, c.want)
			}
			if len(got.Meters) != 0 {
				t.Errorf("meters %v", got.Meters)
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(path, []byte(withKey(full)), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sameMeters(t, got.Meters, fullMeters(t))

	var file *FileError
	_, err = ReadFile(filepath.Join(dir, "none.csv"))
	if !errors.As(err, &file) || !errors.Is(err, os.ErrNotExist) || err.Error() != filepath.Join(dir, "none.csv")+": no such file: check its name" {
		t.Error(err)
	}
	_, err = ReadFile(dir)
	if !errors.As(err, &file) || err.Error() != dir+": this is a directory: name the list in it" {
		t.Error(err)
	}
	broken := errors.New("pulled out")
	_, err = Read(iotest.ErrReader(broken), "l.csv")
	if !errors.As(err, &file) || !errors.Is(err, broken) || err.Error() != "l.csv: cannot be read (pulled out)" {
		t.Error(err)
	}
}

// TestReadManyBadRows holds what is kept and shown of a hopeless list within bounds.
func TestReadManyBadRows(t *testing.T) {
	t.Parallel()
	_, err := Read(strings.NewReader("id\n"+strings.Repeat("x\n", 5000)), "l.csv")
	var bad *BadRows
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	if bad.Lines != 5000 || len(bad.Rows) != maxErrors {
		t.Errorf("%d lines, %d rows kept", bad.Lines, len(bad.Rows))
	}
	if lines := strings.Count(err.Error(), "\n"); lines != maxShown+1 {
		t.Errorf("%d lines shown", lines)
	}
}

func ExampleRead() {
	list, err := Read(strings.NewReader("id,key\n76348799,0011\n54084283,\n"), "list.csv")
	fmt.Println(err)
	fmt.Println(len(list.Meters), "meter is left:", list.Meters[0].Ref())
	// Output:
	// list.csv: 1 line cannot be used
	//   line 2: key has 4 hex digits, an AES key has 32: ask for the whole key
	// 1 meter is left: 54084283
}
