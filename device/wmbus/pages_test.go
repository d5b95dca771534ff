package wmbus

import (
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// pageTable returns the rows of the first table below a heading of a page of
// docs/protocol, cell by cell.
func pageTable(t *testing.T, page, heading string) [][]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/protocol/" + page)
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", page, heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var rows [][]string
	for line := range strings.Lines(section) {
		line, isRow := strings.CutPrefix(strings.TrimSpace(line), "| ")
		if !isRow && rows != nil {
			break
		}
		if isRow && !strings.HasPrefix(line, "---") {
			rows = append(rows, strings.Split(strings.TrimSuffix(line, " |"), " | "))
		}
	}
	if len(rows) < 2 {
		t.Fatalf("%s: no table below %q", page, heading)
	}
	return rows[1:]
}

// codesOf reads "00–1F" and "53, 55 (?)".
func codesOf(t *testing.T, cell string) []byte {
	t.Helper()
	var codes []byte
	for part := range strings.SplitSeq(cell, ", ") {
		part, _, _ = strings.Cut(part, " ") // a mark
		first, last, ranged := strings.Cut(part, "–")
		if !ranged {
			last = first
		}
		from, errFrom := strconv.ParseUint(first, 16, 8)
		to, errTo := strconv.ParseUint(last, 16, 8)
		if errFrom != nil || errTo != nil {
			t.Fatalf("%q is no list of codes", cell)
		}
		for c := from; c <= to; c++ {
			codes = append(codes, byte(c))
		}
	}
	return codes
}

// The page of CI-fields and the table say the same.
func TestPageOfCIFields(t *testing.T) {
	t.Parallel()
	forms := map[string]headerForm{"none": headerNone, "": headerNone, "short": headerShort, "long": headerLong}
	seen := map[byte]bool{}
	for _, row := range pageTable(t, "transport.md", "## CI-field") {
		codes := codesOf(t, row[0])
		headers := strings.Split(strings.TrimSpace(row[2]), ", ")
		for i, ci := range codes {
			if seen[ci] {
				t.Errorf("CI %02X stands twice on the page", ci)
			}
			seen[ci] = true
			header := headers[0]
			if len(headers) > 1 {
				header = headers[i]
			}
			want, known := forms[header]
			if !known || ciFields[ci].header != want {
				t.Errorf("CI %02X: %q on the page, %d in the table", ci, header, ciFields[ci].header)
			}
		}
	}
	for ci, field := range ciFields {
		if !seen[byte(ci)] && field.name != "reserved" {
			t.Errorf("CI %02X, %s, is not on the page", ci, field.name)
		}
	}
}

// The page of compact frames has every public signature.
func TestPageOfTemplates(t *testing.T) {
	t.Parallel()
	onPage := map[string]bool{}
	for _, row := range pageTable(t, "compact.md", "## Templates") {
		signature, _, _ := strings.Cut(row[0], " ")
		onPage[signature] = true
		headers, err := hex.DecodeString(strings.ReplaceAll(row[1], " ", ""))
		if err != nil {
			continue // they stand below the table
		}
		if got := fmt.Sprintf("%04X", crc16(headers)); got != signature {
			t.Errorf("the headers of %s have the signature %s", signature, got)
		}
	}
	for signature := range publicTemplates {
		if name := fmt.Sprintf("%04X", signature); !onPage[name] {
			t.Errorf("signature %s is not on the page", name)
		}
		delete(onPage, fmt.Sprintf("%04X", signature))
	}
	for name := range onPage {
		t.Errorf("signature %s of the page is not in the table", name)
	}
}
