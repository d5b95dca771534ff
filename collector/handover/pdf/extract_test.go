package pdf

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// file is a PDF as its own reader sees it: objects by number.
type file struct {
	objects map[int][]byte
	trailer string
}

// drawn is a text on a page, in points from the lower left.
type drawn struct {
	text, font string
	x, y, size float64
}

var (
	reference = regexp.MustCompile(`(\d+) 0 R`)
	operator  = regexp.MustCompile(`(?s)BT /(F[0-9a-f]+) ([\d.]+) Tf ET|BT (-?[\d.]+) (-?[\d.]+) Td \(((?:[^\\)]|\\.)*)\) Tj ET`)
)

// parse reads the objects of a PDF by its cross-reference table.
func parse(t testing.TB, pdf []byte) *file {
	t.Helper()
	f := &file{objects: map[int][]byte{}}
	at := bytes.LastIndex(pdf, []byte("startxref\n"))
	if !bytes.HasPrefix(pdf, []byte("%PDF-1.")) || at < 0 || !bytes.HasSuffix(pdf, []byte("%%EOF\n")) {
		t.Fatalf("no PDF: %.60q", pdf)
	}
	start, err := strconv.Atoi(strings.Fields(string(pdf[at:]))[1])
	if err != nil || start > len(pdf) {
		t.Fatalf("bad start of the table: %v", err)
	}
	table := strings.Split(string(pdf[start:]), "\n")
	var count int
	if _, err := fmt.Sscanf(table[1], "0 %d", &count); err != nil || table[0] != "xref" {
		t.Fatalf("bad table: %q", table[:2])
	}
	for i := 1; i < count; i++ {
		var offset int
		if _, err := fmt.Sscanf(table[2+i], "%d 00000 n", &offset); err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf("%d 0 obj\n", i)
		if !bytes.HasPrefix(pdf[offset:], []byte(head)) {
			t.Fatalf("object %d is not at %d", i, offset)
		}
		f.objects[i] = body(t, pdf[offset+len(head):])
	}
	f.trailer = strings.Join(table[2+count:], "\n")
	return f
}

// body is an object up to its end. Streams have a length.
func body(t testing.TB, rest []byte) []byte {
	t.Helper()
	end := bytes.Index(rest, []byte("endobj"))
	if at := bytes.Index(rest, []byte("stream\n")); at >= 0 && at < end {
		found := regexp.MustCompile(`/Length (\d+)`).FindSubmatch(rest[:at])
		length, err := strconv.Atoi(string(found[1]))
		if err != nil {
			t.Fatal(err)
		}
		return rest[:at+len("stream\n")+length]
	}
	return rest[:end]
}

// stream is the content of an object, inflated.
func (f *file) stream(t testing.TB, n int) []byte {
	t.Helper()
	head, content, found := bytes.Cut(f.objects[n], []byte("stream\n"))
	if !found {
		t.Fatalf("object %d has no stream: %.80q", n, head)
	}
	if !bytes.Contains(head, []byte("/FlateDecode")) {
		return content
	}
	r, err := zlib.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// refer is the number of the object that a name in an object refers to.
func (f *file) refer(t testing.TB, n int, name string) int {
	t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(name) + ` \[?(\d+) 0 R`).FindSubmatch(f.objects[n])
	if found == nil {
		t.Fatalf("object %d has no %s: %.200q", n, name, f.objects[n])
	}
	number, _ := strconv.Atoi(string(found[1]))
	return number
}

// pages are the numbers of the objects of pages, in their order.
func (f *file) pages(t testing.TB) (numbers []int) {
	t.Helper()
	kids := regexp.MustCompile(`(?s)/Kids \[(.*?)\]`).FindSubmatch(f.objects[1])
	for _, ref := range reference.FindAllSubmatch(kids[1], -1) {
		number, _ := strconv.Atoi(string(ref[1]))
		numbers = append(numbers, number)
	}
	return numbers
}

// texts are those of each page, in the order in which they are drawn.
func (f *file) texts(t testing.TB) (pages [][]drawn) {
	t.Helper()
	for _, page := range f.pages(t) {
		var texts []drawn
		var font string
		var size float64
		for _, m := range operator.FindAllSubmatch(f.stream(t, f.refer(t, page, "/Contents")), -1) {
			if len(m[1]) > 0 {
				font = string(m[1])
				size, _ = strconv.ParseFloat(string(m[2]), 64)
				continue
			}
			d := drawn{text: decode(m[5]), font: font, size: size}
			d.x, _ = strconv.ParseFloat(string(m[3]), 64)
			d.y, _ = strconv.ParseFloat(string(m[4]), 64)
			texts = append(texts, d)
		}
		pages = append(pages, texts)
	}
	return pages
}

// decode is the text of a string: UTF-16 with escapes.
func decode(raw []byte) string {
	var plain []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) {
			i++
			if raw[i] == 'r' {
				raw[i] = '\r'
			}
		}
		plain = append(plain, raw[i])
	}
	units := make([]uint16, len(plain)/2)
	for i := range units {
		units[i] = uint16(plain[2*i])<<8 | uint16(plain[2*i+1])
	}
	return string(utf16.Decode(units))
}

// lines are the texts of a page as they are read: those on one line together.
func lines(texts []drawn) string {
	rows := slices.Clone(texts)
	slices.SortStableFunc(rows, func(a, b drawn) int {
		return cmp.Or(cmp.Compare(line(b.y), line(a.y)), cmp.Compare(a.x, b.x))
	})
	var b strings.Builder
	for i, d := range rows {
		switch {
		case i == 0:
		case line(rows[i-1].y) != line(d.y):
			b.WriteByte('\n')
		default:
			b.WriteString(" | ")
		}
		b.WriteString(strings.ReplaceAll(d.text, "\u00a0", " "))
	}
	return b.String() + "\n"
}

// line rounds a height, so that texts of other sizes are on one line.
func line(y float64) int { return int(y+0.5) / 2 }
