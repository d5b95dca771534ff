package imports

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// rowOf is a row of a large list.
func rowOf(i int) []string {
	return []string{
		fmt.Sprintf("%d", 1_000_000+i*37), "KAM", fmt.Sprintf("%032X", 0x1234567+i), string(rune('A' + i/1000%26)), fmt.Sprintf("%d", i/10%12), []string{"tv", "th"}[i%2],
		"Køkken", "koldt vand", "",
	}
}

var benchHeader = []string{"Målernr.", "Fabrikat", "Nøgle", "Opgang", "Etage", "Side", "Rum", "Type", "Bemærkning"}

// BenchmarkXLSX reads a workbook of 10,000 rows, of which every number has lost
// its zero. heap-MB is what the heap has grown by at the end.
func BenchmarkXLSX(b *testing.B) {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	must(b, err)
	for i := range 10_001 {
		row := make([]any, len(benchHeader))
		for c, text := range benchHeader {
			if row[c] = text; i > 0 {
				row[c] = rowOf(i)[c]
			}
		}
		must(b, w.SetRow(fmt.Sprintf("A%d", i+1), row))
	}
	must(b, w.Flush())
	var file bytes.Buffer
	must(b, f.Write(&file))
	bench(b, file.Bytes(), "list.xlsx", 10_000)
}

// BenchmarkCSV reads a list of 200,000 rows.
func BenchmarkCSV(b *testing.B) {
	var file bytes.Buffer
	for i := range 200_001 {
		row := benchHeader
		if i > 0 {
			row = rowOf(i)
		}
		fmt.Fprintln(&file, strings.Join(row, ";"))
	}
	bench(b, file.Bytes(), "list.csv", 200_000)
}

func bench(b *testing.B, file []byte, name string, rows int) {
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		r, err := Read(bytes.NewReader(file), name, Options{})
		if err != nil || len(r.Rows) != rows {
			b.Fatalf("%v, %d rows, %d refused", err, len(r.Rows), len(r.Rejected))
		}
		runtime.ReadMemStats(&after)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "heap-MB")
}
