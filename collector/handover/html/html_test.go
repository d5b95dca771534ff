package html

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/collector/handover/paper"
	"earshot/collector/words"
)

var update = flag.Bool("update", false, "rewrite testdata")

// made is a document as HTML.
func made(tb testing.TB, doc *paper.Document) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := Write(&out, doc); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// TestPage compares the page in each language.
func TestPage(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages() {
		got := made(t, paper.New(handovertest.Example(), l))
		path := filepath.Join("testdata", "example."+l.String()+".html")
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the page has changed; go test ./collector/handover/html -update writes it:\n%s", path, got)
		}
	}
}

// elements are those that a page may have.
const elements = " html head meta title style body div header h1 h2 h3 main section p ol ul li dl dt dd table thead tbody tr th td span small footer svg path "

// check fails if a page has other elements, an attribute that does or loads
// something, or a tag that is not closed. It returns the page's text.
func check(t testing.TB, page []byte) string {
	t.Helper()
	if !bytes.HasSuffix(page, []byte("</body>\n</html>\n")) {
		t.Fatalf("the page ends with %q", page[max(0, len(page)-60):])
	}
	var open []string
	var text strings.Builder
	tokens := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := tokens.Next()
		token := tokens.Token()
		switch kind {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("not closed: %q", open)
			}
			return text.String()
		case html.TextToken:
			if len(open) > 0 && open[len(open)-1] == "style" && strings.Contains(token.Data, "url(") {
				t.Error("the style loads something")
			}
			text.WriteString(token.Data)
		case html.StartTagToken:
			checkElement(t, token)
			if token.Data != "meta" {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> closes %q", token.Data, open)
			}
			open = open[:len(open)-1]
		case html.SelfClosingTagToken:
			checkElement(t, token)
		case html.CommentToken:
			t.Errorf("the page has %s", token)
		}
	}
}

func checkElement(t testing.TB, token html.Token) {
	t.Helper()
	if !strings.Contains(elements, " "+token.Data+" ") {
		t.Fatalf("the page has %s", token)
	}
	for _, a := range token.Attr {
		if !strings.Contains(" lang charset http-equiv content name id class colspan aria-hidden viewbox role d ", " "+a.Key+" ") {
			t.Errorf("%s has the attribute %s", token.Data, a.Key)
		}
	}
}

// TestHostile puts markup into every member: it stands on the page as text.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, hostile := range handovertest.Hostile() {
		text := check(t, made(t, paper.New(handovertest.Everywhere(hostile), words.English)))
		if want := paper.Clean(hostile); !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), strings.ReplaceAll(strings.TrimSpace(want), "\u00a0", " ")) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

func TestAlone(t *testing.T) {
	t.Parallel()
	page := string(made(t, paper.New(handovertest.Example(), words.Danish)))
	for _, never := range []string{"http://", "https://", "src=", "href=", "@import", "<script", "javascript:"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %s", never)
		}
	}
	for _, want := range []string{`<html lang="da">`, "default-src 'none'", "prefers-color-scheme: dark", "table-header-group", `<div class="draft" aria-hidden="true">UDKAST</div>`, "Fjernaflæsning Østjylland A/S"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	d := handovertest.Example()
	d.State = handover.Complete
	if strings.Contains(string(made(t, paper.New(d, words.Danish))), `class="draft"`) {
		t.Error("a complete document is marked as a draft")
	}
}

// TestKey finds the key that seals the protocol, as words and as a picture.
func TestKey(t *testing.T) {
	t.Parallel()
	page := made(t, paper.Sealed(handovertest.Example(), words.English, paper.Key{Text: "RWQkey", Words: []string{"lusab", "babad"}, QR: [][]bool{{true, false}, {false, true}}}))
	if text := check(t, page); !strings.Contains(text, "lusab babad") || !strings.Contains(text, "RWQkey") {
		t.Error("the page lacks the key")
	}
	if !bytes.Contains(page, []byte(`<path d="M0 0h1v1h-1zM1 1h1v1h-1z"/>`)) {
		t.Error("the page lacks the code of the key")
	}
}

func TestEmptyAndBroken(t *testing.T) {
	t.Parallel()
	check(t, made(t, paper.New(&handover.Document{}, words.English)))
	full := errors.New("disk full")
	if err := Write(broken{full}, paper.New(handovertest.Example(), words.English)); !errors.Is(err, full) {
		t.Errorf("a full disk gives %v", err)
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
		check(t, made(t, paper.New(handovertest.Everywhere(text), words.English)))
	})
}

// BenchmarkWrite makes the page of 1,000 meters.
func BenchmarkWrite(b *testing.B) {
	d := handovertest.Many(1000)
	b.ReportAllocs()
	for b.Loop() {
		made(b, paper.New(d, words.English))
	}
}
