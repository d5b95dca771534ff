package handover

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/collector/handover/paper"
	"earshot/collector/settlement"
	"earshot/collector/words"
)

func madeOf(d *handover.Document) *made {
	return &made{doc: d, lang: words.English, paper: func() *paper.Document { return paper.New(d, words.English) }}
}

// TestFormsAreTheSameEachTime: each form has the same bytes each time.
func TestFormsAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		if f.name == sealedForm { // see TestSealed
			continue
		}
		var first, second bytes.Buffer
		for _, to := range []*bytes.Buffer{&first, &second} {
			if err := f.write(to, madeOf(handovertest.Example())); err != nil {
				t.Fatalf("%s: %v", f.name, err)
			}
		}
		if first.Len() == 0 || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: %d bytes, and then %d others", f.name, first.Len(), second.Len())
		}
	}
}

// TestFormsOf: which forms are written.
func TestFormsOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		named  []string
		output string
		folder bool
		want   string
	}{
		{output: "a.json", want: "json"}, {output: "A.PDF", want: "pdf"}, {named: []string{" CSV"}, output: "a.txt", want: "csv"},
		{output: "out", folder: true, want: "json pdf xlsx html csv zip"}, {named: []string{"pdf", "json"}, output: "out", folder: true, want: "pdf json"},
		{output: "a.doc", want: "no form"}, {output: "a", want: "says no form"}, {named: []string{"pdf", "json"}, output: "a.pdf", want: "need a folder"},
	} {
		all, err := formsOf(c.named, c.output, c.folder)
		var names []string
		for _, f := range all {
			names = append(names, f.name)
		}
		if got := strings.Join(names, " "); got != c.want && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q %s: %s, %v, want %s", c.named, c.output, got, err, c.want)
		}
	}
}

// BenchmarkAllForms reads the log of a campaign with 1,000 meters again, and writes each
// form but the sealed one. heap-MB is the most memory that was in use, sampled.
func BenchmarkAllForms(b *testing.B) {
	stored := handovertest.Town(1000)
	for b.Loop() {
		peak := watchHeap()
		c, err := handover.Read(stored.List, stored.Info, stored.Entries())
		if err != nil {
			b.Fatal(err)
		}
		m := madeOf(handover.New(c, handover.Options{Words: words.English, Readiness: true, Settlement: &settlement.Options{}}))
		for _, f := range forms {
			if f.write == nil {
				continue
			}
			if err := f.write(io.Discard, m); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(peak(), "heap-MB")
	}
	b.ReportMetric(float64(len(stored.Log)), "entries")
}

// watchHeap samples the memory in use until the function that it returns is called,
// which says the most of it in MB.
func watchHeap() (most func() float64) {
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-tick.C:
			case <-done:
				tick.Stop()
				peak <- most
				return
			}
		}
	}()
	return func() float64 {
		close(done)
		return float64(<-peak) / 1e6
	}
}
