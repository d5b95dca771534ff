package pdf

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"earshot/assets"
	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/collector/handover/paper"
	"earshot/collector/words"
)

var update = flag.Bool("update", false, "rewrite testdata")

// fonts are those of the program.
func fonts(tb testing.TB) Fonts {
	tb.Helper()
	regular, bold := assets.Fonts()
	return Fonts{Regular: regular, Bold: bold}
}

// made is a document as PDF.
func made(tb testing.TB, doc *paper.Document) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := Write(&out, doc, fonts(tb)); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// TestPages compares the texts of each page in each language.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages() {
		var got strings.Builder
		for i, texts := range parse(t, made(t, paper.New(handovertest.Example(), l))).texts(t) {
			fmt.Fprintf(&got, "--- %d\n%s", i+1, lines(texts))
		}
		path := filepath.Join("testdata", "example."+l.String()+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != string(want) {
			t.Errorf("%s: the pages have changed; go test ./collector/handover/pdf -update writes them:\n%s", path, got.String())
		}
	}
}

// TestReproducible makes a document twice: the bytes are the same, and nothing in
// them is from the machine.
func TestReproducible(t *testing.T) {
	t.Parallel()
	doc := paper.New(handovertest.Example(), words.Danish)
	first, second := made(t, doc), made(t, paper.New(handovertest.Example(), words.Danish))
	if !bytes.Equal(first, second) {
		t.Error("the same document gives other bytes")
	}
	f := parse(t, first)
	for n, body := range f.objects {
		head, _, _ := bytes.Cut(body, []byte("stream\n"))
		for _, never := range []string{"/Author", "/JavaScript", "/JS", "/OpenAction <<", "/ID", "/Creator (", "/AA", "/Launch", "/URI"} {
			if bytes.Contains(head, []byte(never)) {
				t.Errorf("object %d has %s: %.200q", n, never, head)
			}
		}
	}
	if dates := regexp.MustCompile(`D:\d{14}`).FindAllString(string(first), -1); len(dates) != 2 || dates[0] != "D:20261127104000" || dates[1] != dates[0] {
		t.Errorf("the dates are %q, want the end of the campaign", dates)
	}
}

// TestRowsAreWhole draws 1,000 meters: each stands once, below a header, and
// nothing leaves the page.
func TestRowsAreWhole(t *testing.T) {
	t.Parallel()
	d := handovertest.Many(1000)
	d.Open, d.Inaccessible, d.Corrections, d.Radiators = nil, nil, nil, nil
	file := made(t, paper.New(d, words.English))
	checkDrawn(t, file)
	pages := parse(t, file).texts(t)
	seen := map[string]int{}
	for i, texts := range pages {
		text := lines(texts)
		want := fmt.Sprintf(" | %d of %d\n", i+1, len(pages))
		if !strings.Contains(text, want) && !strings.Contains(text, strings.TrimSuffix(want, "\n")) {
			t.Errorf("page %d has no number:\n%s", i+1, text)
		}
		meters := regexp.MustCompile(`(?m)^\d+ \|.*?([A-Z]{3} 55\d{6})`).FindAllStringSubmatch(text, -1)
		for _, m := range meters {
			seen[m[1]]++
		}
		if len(meters) > 0 && !strings.Contains(text, "Line | Room | Meter") {
			t.Errorf("page %d has meters without a header:\n%s", i+1, text)
		}
	}
	for _, m := range d.Meters {
		if name := strings.ReplaceAll(m.Ref, "-", " "); seen[name] != 1 {
			t.Errorf("%s stands %d times", name, seen[name])
		}
	}
}

// TestFlatsStayTogether finds no flat that begins on one page and continues on the
// next, as all fit a page.
func TestFlatsStayTogether(t *testing.T) {
	t.Parallel()
	d := handovertest.Many(200)
	d.Open = nil // in one group
	for i, texts := range parse(t, made(t, paper.New(d, words.English))).texts(t) {
		if strings.Contains(lines(texts), "(continued)") {
			t.Errorf("page %d continues a flat", i+1)
		}
	}
	d = handovertest.Many(100)
	d.Flats = []handover.Flat{{Text: "all", Meters: d.Flats[0].Meters}}
	for i := range d.Meters {
		d.Flats[0].Meters = append(d.Flats[0].Meters, i)
	}
	continued := 0
	for _, texts := range parse(t, made(t, paper.New(d, words.English))).texts(t) {
		continued += strings.Count(lines(texts), "all (continued)")
	}
	if continued < 2 {
		t.Errorf("a flat of 100 meters is continued %d times", continued)
	}
}

// TestContents finds each section in the table of contents, with its page.
func TestContents(t *testing.T) {
	t.Parallel()
	doc := paper.New(handovertest.Example(), words.Danish)
	f := parse(t, made(t, doc))
	var got []string
	for n := 1; n <= len(f.objects); n++ {
		m := regexp.MustCompile(`(?s)^<</Title \((.*?)\)\n/Parent.*/Dest \[(\d+) 0 R`).FindSubmatch(f.objects[n])
		if m == nil {
			continue
		}
		title := decode(m[1][2:]) // after the byte order mark
		number, _ := strconv.Atoi(string(m[2]))
		page := slices.Index(f.pages(t), number)
		if page < 0 || !strings.Contains(lines(f.texts(t)[page]), title) {
			t.Errorf("%q is not on page %d", title, page+1)
		}
		got = append(got, title)
	}
	want := []string{doc.Title}
	for _, s := range doc.Sections {
		if s.Title != "" {
			want = append(want, s.Title)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the contents are %q, want %q", got, want)
	}
}

func TestDraftOnEachPage(t *testing.T) {
	t.Parallel()
	for _, state := range []handover.State{handover.Draft, handover.WithExceptions, handover.Complete} {
		d := handovertest.Example()
		d.State = state
		for i, texts := range parse(t, made(t, paper.New(d, words.German))).texts(t) {
			if has := strings.Contains(lines(texts), "ENTWURF"); has != (state == handover.Draft) {
				t.Errorf("%s, page %d: marked as draft is %v", state, i+1, has)
			}
		}
	}
}

// TestLongNames draws names of 500 characters: they are wrapped and cut, and what
// stands after them on the page remains.
func TestLongNames(t *testing.T) {
	t.Parallel()
	for _, d := range []*handover.Document{handovertest.Long(500), handovertest.Everywhere(strings.Repeat("W", 500)), handovertest.Everywhere(strings.Repeat("æ ", 20000))} {
		file := made(t, paper.New(d, words.English))
		checkDrawn(t, file)
		pages := parse(t, file).texts(t)
		if len(pages) > 40 || !strings.Contains(lines(pages[0]), "…") {
			t.Errorf("%d pages, the first is:\n%s", len(pages), lines(pages[0]))
		}
	}
}

// TestEmpty draws documents in which nothing is known.
func TestEmpty(t *testing.T) {
	t.Parallel()
	checkDrawn(t, made(t, paper.New(&handover.Document{}, words.English)))
	checkDrawn(t, made(t, &paper.Document{Sections: []paper.Section{{Parts: []paper.Part{
		paper.Text(""), paper.Fields{}, paper.Tally{}, paper.Signatures{}, paper.List{}, &paper.Table{}, &paper.Table{Columns: []paper.Column{{}}, Groups: []paper.Group{{}, {Rows: []paper.Row{{}, {{}, {}}}}}},
	}}}}))
}

// TestKey finds the key that seals the protocol, as words and as a picture of
// modules that keep their shape.
func TestKey(t *testing.T) {
	t.Parallel()
	key := paper.Key{Text: "RWQkey", Words: []string{"lusab", "babad"}, QR: [][]bool{{}, {false, true, true, false}, {false, false, true, false}, {}}}
	doc := paper.Sealed(handovertest.Example(), words.English, key)
	file := made(t, doc)
	checkDrawn(t, file)
	var all strings.Builder
	for _, texts := range parse(t, file).texts(t) {
		all.WriteString(lines(texts))
	}
	if !strings.Contains(all.String(), "lusab babad") || !strings.Contains(all.String(), "RWQkey") {
		t.Error("the pages lack the key")
	}
	s, err := newSetter(doc, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	s.lay()
	var areas []mark
	for _, p := range s.pages {
		for _, m := range p.marks {
			if m.text == "" && m.fill == (ink{}) {
				areas = append(areas, m)
			}
		}
	}
	if len(areas) != 2 || areas[0].w != 2*areas[1].w || areas[0].h != areas[1].h || areas[1].w != areas[1].h || areas[1].x != areas[0].x+areas[1].w {
		t.Errorf("the modules are %+v", areas)
	}
}

// TestManyColumns draws more words than a page is wide: the widest columns give way.
func TestManyColumns(t *testing.T) {
	t.Parallel()
	table := &paper.Table{Columns: []paper.Column{{Title: "Line", Right: true}}}
	row := paper.Row{{Text: "1234"}}
	for range 20 {
		table.Columns = append(table.Columns, paper.Column{Title: "Verschlüsselung"})
		row = append(row, paper.Cell{Text: "beurteilt"})
	}
	table.Groups = []paper.Group{{Rows: []paper.Row{row}}}
	file := made(t, &paper.Document{Sections: []paper.Section{{Wide: true, Parts: []paper.Part{table}}}})
	checkDrawn(t, file)
	if text := lines(parse(t, file).texts(t)[1]); !strings.Contains(text, "Line | ") || !strings.Contains(text, "1234 | ") {
		t.Errorf("short words were broken:\n%s", text)
	}
}

func TestWriteFails(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	doc := paper.New(handovertest.Example(), words.English)
	if err := Write(broken{full}, doc, fonts(t)); !errors.Is(err, full) {
		t.Errorf("a full disk gives %v", err)
	}
	if err := Write(&bytes.Buffer{}, doc, Fonts{Regular: []byte("no font")}); err == nil {
		t.Error("a broken font gives no error")
	}
}

// broken is a writer that fails.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// FuzzWrite puts a text into every member of a document.
func FuzzWrite(f *testing.F) {
	for _, text := range handovertest.Hostile() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkDrawn(t, made(t, paper.New(handovertest.Everywhere(text), words.English)))
	})
}

// BenchmarkWrite makes the PDF of 1,000 meters.
func BenchmarkWrite(b *testing.B) {
	d := handovertest.Many(1000)
	b.ReportAllocs()
	for b.Loop() {
		made(b, paper.New(d, words.English))
	}
}
