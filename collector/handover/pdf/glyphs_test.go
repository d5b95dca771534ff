package pdf

import (
	"regexp"
	"strconv"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"earshot/collector/handover/handovertest"
	"earshot/collector/handover/paper"
	"earshot/collector/words"
)

// embedded is a font as the file has it: which glyph it draws for a character, and
// the outlines.
type embedded struct {
	glyphs []byte // two bytes for each character
	font   *sfnt.Font
}

// fonts are those of the file by their names.
func (f *file) fonts(t testing.TB) map[string]embedded {
	t.Helper()
	out := map[string]embedded{}
	page := f.pages(t)[0]
	for _, m := range regexp.MustCompile(`/(F[0-9a-f]+) (\d+) 0 R`).FindAllSubmatch(f.objects[f.refer(t, page, "/Resources")], -1) {
		number, _ := strconv.Atoi(string(m[2]))
		descendant := f.refer(t, number, "/DescendantFonts")
		file, err := sfnt.Parse(f.stream(t, f.refer(t, f.refer(t, descendant, "/FontDescriptor"), "/FontFile2")))
		if err != nil {
			t.Fatal(err)
		}
		out[string(m[1])] = embedded{f.stream(t, f.refer(t, descendant, "/CIDToGIDMap")), file}
	}
	return out
}

// checkDrawn fails unless each character has a glyph in the file, and each text is
// within the page.
func checkDrawn(t testing.TB, pdf []byte) {
	t.Helper()
	f := parse(t, pdf)
	fonts := f.fonts(t)
	var buffer sfnt.Buffer
	for i, texts := range f.texts(t) {
		wide := regexp.MustCompile(`/MediaBox \[0 0 841`).Match(f.objects[f.pages(t)[i]])
		right, bottom := 595.0-14*72/25.4, 10*72/25.4
		if wide {
			right = 842 - 14*72/25.4
		}
		for _, d := range texts {
			e := fonts[d.font]
			width := 0.0
			for _, r := range d.text {
				glyph := sfnt.GlyphIndex(0)
				if int(r)*2+1 < len(e.glyphs) {
					glyph = sfnt.GlyphIndex(e.glyphs[2*r])<<8 | sfnt.GlyphIndex(e.glyphs[2*r+1])
				}
				advance, err := e.font.GlyphAdvance(&buffer, glyph, fixed.I(1000), font.HintingNone)
				if glyph == 0 || err != nil {
					t.Fatalf("page %d: %q has no glyph for %U", i+1, d.text, r)
				}
				width += float64(advance) / 64000 * d.size
			}
			if d.size < draftStyle.size/2 && (d.x < 20 || d.x+width > right+1 || d.y < bottom-8) {
				t.Errorf("page %d: %q is off the page: from %.0f to %.0f, at %.0f", i+1, d.text, d.x, d.x+width, d.y)
			}
		}
	}
}

// TestEachCharacterHasAGlyph puts letters of all scripts, controls and what is no
// text at all into every member: a box on the page is a failure.
func TestEachCharacterHasAGlyph(t *testing.T) {
	t.Parallel()
	for _, text := range handovertest.Hostile() {
		checkDrawn(t, made(t, paper.New(handovertest.Everywhere(text), words.English)))
	}
	var all []rune
	for r := rune(0); r < 0x2FFFF; r += 7 {
		all = append(all, r)
	}
	doc := paper.New(handovertest.Example(), words.German)
	doc.Sections = append(doc.Sections, paper.Section{Title: "all", Parts: []paper.Part{paper.Text(all)}})
	checkDrawn(t, made(t, doc))
}

func TestStandIns(t *testing.T) {
	t.Parallel()
	s, err := newSetter(nil, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"æøåßłé €²³ – — … ≥ · ✓": "æøåßłé €²³ – — … ≥ · ✓",
		"e\u0301":               "é",
		"㎥ ﬁ ① Ⅷ":               "m3 ﬁ 1 VIII",
		"a\x00\u202e\u200bb\tc": "ab c",
		"中x\xff😀":               "?x??",
		"✅❌ 1−2":                "✓✗ 1−2",
		"a\nb":                  "a\nb",
		"q\u0302":               "q",
		"𝐀𝟏":                    "A1",
		"ＡＢ":                    "AB",
	} {
		if got := s.clean(text); got != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
	}
}
