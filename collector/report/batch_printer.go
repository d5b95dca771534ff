package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"earshot/collector"
	"earshot/collector/batch"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/printable"
)

// BatchPrinter prints what happens at several sites: each line names its site.
type BatchPrinter struct {
	opt   Options
	names []string
	sites []*Printer // nil for those that did not start
	code  func(batch.Result) int

	mu sync.Mutex // one line at a time
}

// NewBatchPrinter returns a printer of sites with these names; code gives the
// exit code that a site would have on its own.
func NewBatchPrinter(names []string, opt Options, code func(batch.Result) int) *BatchPrinter {
	opt.Lang = cmp.Or(opt.Lang, words.English)
	return &BatchPrinter{opt: opt, names: names, sites: make([]*Printer, len(names)), code: code}
}

// Begin prints what happens at a site until Done.
func (p *BatchPrinter) Begin(i int, view *collector.View) {
	name := printable.Text(p.names[i])
	member, _ := json.Marshal(name) // a string can always be written
	own := p.opt
	own.Out = &siteLines{mu: &p.mu, w: p.opt.Out, after: "{", add: `"site":` + string(member) + ","}
	own.Warn = &siteLines{mu: &p.mu, w: p.opt.Warn, after: "earshot: ", add: name + ": "}
	p.sites[i] = NewPrinter(view, own)
	p.sites[i].Start()
}

// Done prints the last events of a site that has closed.
func (p *BatchPrinter) Done(i int, _ batch.Result) {
	if p.sites[i] != nil {
		p.sites[i].end()
	}
}

// Notice prints a problem of the receivers.
func (p *BatchPrinter) Notice(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.opt.Warn, "earshot: %s\n", printable.Text(text))
}

// Finish prints the summary. The error is one of standard output.
func (p *BatchPrinter) Finish(result *batch.Report, failures state.Failures) error {
	write := func(w io.Writer, r *batch.Report, failures state.Failures, codes []int) error {
		return Batch(w, p.opt.Lang, r, failures, codes)
	}
	if p.opt.JSON {
		write = BatchJSON
	}
	codes := make([]int, len(result.Sites))
	for i, r := range result.Sites {
		codes[i] = p.code(r)
	}
	if err := write(p.opt.Out, result, failures, codes); err != nil {
		return err
	}
	for _, one := range p.sites {
		if one != nil && one.err != nil {
			return one.err
		}
	}
	return nil
}

// siteLines inserts the site into each line with a certain beginning. It
// writes whole lines only.
type siteLines struct {
	mu         *sync.Mutex
	w          io.Writer
	after, add string
	begun      []byte // of the last line
}

func (l *siteLines) Write(p []byte) (int, error) {
	l.begun = append(l.begun, p...)
	end := bytes.LastIndexByte(l.begun, '\n') + 1
	var out []byte
	for line := range bytes.Lines(l.begun[:end]) {
		if rest, ok := bytes.CutPrefix(line, []byte(l.after)); ok {
			out = append(append(append(out, l.after...), l.add...), rest...)
		} else {
			out = append(out, line...)
		}
	}
	l.begun = append(l.begun[:0], l.begun[end:]...)
	if len(out) == 0 {
		return len(p), nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
