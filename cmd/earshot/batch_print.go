package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"earshot/collector"
	"earshot/collector/batch"
)

// batchPrinter prints what happens at several sites: each line says at which.
type batchPrinter struct {
	out     outputFlags
	streams streams
	names   []string
	sites   []*eventPrinter // nil for those that did not start

	mu sync.Mutex // one line at a time
}

// begin prints what happens at a site until the function it returns is called.
func (p *batchPrinter) begin(i int, view *collector.View) (stop func()) {
	name := plain(p.names[i])
	member, _ := json.Marshal(name) // a string can always be written
	p.sites[i] = newEventPrinter(view, p.out, streams{
		out: &siteLines{mu: &p.mu, w: p.streams.out, after: "{", add: `"site":` + string(member) + ","},
		err: &siteLines{mu: &p.mu, w: p.streams.err, after: "earshot: ", add: name + ": "},
	})
	return p.sites[i].start()
}

// done prints what came while a site closed.
func (p *batchPrinter) done(i int, _ batch.Result) {
	if p.sites[i] != nil {
		p.sites[i].print()
	}
}

// notice prints what goes wrong with the receivers.
func (p *batchPrinter) notice(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.streams.err, "earshot: %s\n", plain(text))
}

// err is what went wrong with standard output.
func (p *batchPrinter) err() error {
	for _, one := range p.sites {
		if one != nil && one.err != nil {
			return one.err
		}
	}
	return nil
}

// finish prints the summary.
func (p *batchPrinter) finish(report *batch.Report, failures batch.Failures) error {
	if p.out.json {
		return writeBatchJSON(p.streams.out, report, failures)
	}
	return writeBatch(p.streams.out, report, failures)
}

// siteLines adds something to each line that begins in a certain way. It
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
