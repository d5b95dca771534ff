package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"earshot/collector/reading"
	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wmbus"
)

// detailPage builds the text of a page.
type detailPage struct {
	look  *look
	width int
	lines []string
}

func (m *Model) detailPage() *detailPage { return &detailPage{look: m.look, width: m.width} }

// head begins a section.
func (p *detailPage) head(words string) {
	if len(p.lines) > 0 {
		p.lines = append(p.lines, "")
	}
	p.lines = append(p.lines, p.look.line(p.width).put(strong, " "+words).String())
}

// fact adds "label  text"; a long text is wrapped in its own column. The text
// may come from outside: it is cleaned here.
func (p *detailPage) fact(tone token, label, text string) {
	indent := 15
	if p.width < 2*indent {
		indent = 1
	}
	for i, s := range wrap(p.look.text(text), p.width-indent-1) {
		n := p.look.line(p.width)
		if i == 0 && indent > 1 {
			n.put(plain, "   ").cell(dim, label, indent-4)
		} else {
			n.gap(p.width - indent)
		}
		p.lines = append(p.lines, n.put(tone, s).String())
	}
}

// text adds a text on lines of its own.
func (p *detailPage) text(tone token, indent int, text string) {
	for _, s := range wrap(p.look.text(text), max(1, p.width-indent)) {
		p.lines = append(p.lines, p.look.line(p.width).gap(p.width-indent).put(tone, s).String())
	}
}

// detailLines is everything about the current meter.
func (m *Model) detailLines() []string {
	r := m.current()
	p := m.detailPage()
	if r == nil {
		p.text(dim, 1, "this meter is no longer in the list: esc goes back")
		return p.lines
	}
	p.fact(markTokens[r.Verdict.Mark], "verdict", m.look.marks[r.Verdict.Mark]+" "+words.English.Verdict(&r.Verdict))
	if next := advice(r); next != "" {
		p.fact(plain, "next", m.look.next+" "+next)
	}
	for _, a := range words.English.Alarms(&r.Verdict) {
		p.fact(alarm, "alarm", "! "+a)
	}
	for _, remark := range words.English.Remarks(&r.Verdict) {
		p.fact(dim, "remark", remark)
	}
	p.chain(r, m.now)
	why := m.snap.Explain(r)
	p.head("Why")
	for _, f := range words.English.Why(&why) {
		p.fact(plain, f.Label, f.Text)
	}
	p.meter(r)
	p.reading(r)
	p.telegrams(&why)
	if len(r.Notes) > 0 || r.Listed != "" {
		p.head("Notes")
		if r.Listed != "" {
			p.fact(plain, "list", r.Listed)
		}
		for _, n := range r.Notes {
			p.fact(plain, n.Time.Format(time.TimeOnly), n.Text)
		}
	}
	return p.lines
}

// chain says step by step how far the meter got, and why no further.
func (p *detailPage) chain(r *state.Row, now time.Time) {
	p.head("Chain")
	for s := range state.Steps {
		sign, tone, text := p.look.off, dim, words.English.Step(r, s)
		switch r.Chain[s] {
		case state.StepDone:
			sign, tone = p.look.done, good
		case state.StepFailed:
			sign, tone = p.look.open, failed
		case state.StepOpen:
			if s > 0 && r.Chain[s-1] != state.StepDone {
				break
			}
			sign, tone = p.look.open, listening
			if r.Read.Active && s != state.StepDelivered {
				w := waitingOf(r, now)
				text = strings.TrimSpace(text + " " + w.draw(p.look))
			}
		}
		p.fact(tone, sign+" "+s.String(), text)
	}
}

// meter identifies the meter, by the list and on the air.
func (p *detailPage) meter(r *state.Row) {
	p.head("Meter")
	key := "no key"
	if r.HasKey {
		key = "a key"
	}
	p.fact(plain, "listed", fmt.Sprintf("%s in line %d, with %s", r.Ref, r.Line, key))
	if place := r.Place.String(); place != "" {
		p.fact(plain, "where", place)
	}
	p.fact(plain, "medium", orNone(p.look, r.Medium))
	p.heard(r.Heard, r.Quality)
	if r.Correction != nil {
		p.fact(alarm, "corrected", fmt.Sprintf("by the installer, in this campaign: it is %s %v", r.Correction.Manufacturer, r.Correction.ID))
	}
	if r.Near != nil {
		text := fmt.Sprintf("%v is on the air, unlisted", r.Near.Address)
		if r.Near.KeyFits {
			text += "; this row's key opens it"
		}
		p.fact(alarm, "looks like", text)
		for _, n := range r.Also {
			p.fact(plain, "or", n.Address.String())
		}
	}
}

// heard says how well the meter is heard, and by which receivers.
func (p *detailPage) heard(h state.HeardSummary, quality state.Quality) {
	if h.Address.ID != 0 || h.Count > 0 {
		p.fact(plain, "on the air", fmt.Sprintf("%v (%s, version %d)", h.Address, h.Address.Type, h.Address.Version))
	}
	if median, ok := h.RSSI.Median(); ok {
		bars, _ := p.look.signalOf(h.RSSI)
		text := fmt.Sprintf("%s %s (median), last %s, not calibrated", bars, p.look.number(median), p.look.number(h.RSSI.Last))
		if h.RSSI.Scale == device.ScaleDBm {
			text = fmt.Sprintf("%s %s dBm (median), last %s dBm: %s", bars, p.look.number(median), p.look.number(h.RSSI.Last), qualityWords[quality])
		}
		p.fact(plain, "signal", strings.TrimSpace(text))
	}
	if len(h.By) < 2 {
		return
	}
	for _, by := range h.By {
		bars, level := p.look.signalOf(by.RSSI)
		p.fact(plain, "heard by", fmt.Sprintf("%s %s %s, %s", by.Receiver, bars, level, report.Count(by.Count, "telegram")))
	}
}

var qualityWords = [...]string{
	state.QualityUnknown: "too few to judge", state.QualityMarginal: "marginal", state.QualityWeak: "weak",
	state.QualityUsable: "usable", state.QualityGood: "good",
}

// reading lists every record.
func (p *detailPage) reading(r *state.Row) {
	reading, stale := r.Shown()
	if reading == nil {
		p.head("Reading")
		p.text(dim, 3, "none yet")
		return
	}
	if stale {
		p.head("Reading, cached from " + reading.Sent().Format(time.DateTime))
	} else {
		p.head("Reading of " + reading.Sent().Format(time.DateTime))
	}
	status := "ok"
	if !reading.Status.Empty() {
		status = reading.Status.String()
	}
	p.fact(pick(reading.Status.Alarm(), alarm, plain), "status", status)
	if reading.Partial != "" {
		p.fact(alarm, "incomplete", reading.Partial)
	}
	for i := range reading.Records {
		p.record(&reading.Records[i])
	}
}

// record writes one value: quantity, value, unit, and where it belongs.
func (p *detailPage) record(v *reading.Record) {
	quantity := strings.ReplaceAll(v.Quantity.String(), "_", " ")
	value := v.Text()
	of := v.Qualified()
	if v.Of != wmbus.Unknown {
		of = append(of, "of "+strings.ReplaceAll(v.Of.String(), "_", " "))
	}
	if v.Function != wmbus.Instantaneous {
		of = append(of, v.Function.String())
	}
	if v.Storage > 0 {
		of = append(of, "storage "+strconv.FormatUint(v.Storage, 10))
	}
	if v.Tariff > 0 {
		of = append(of, "tariff "+strconv.FormatUint(uint64(v.Tariff), 10))
	}
	if v.Subunit > 0 {
		of = append(of, "subunit "+strconv.FormatUint(uint64(v.Subunit), 10))
	}
	if v.Index > 0 {
		of = append(of, "number "+strconv.FormatUint(uint64(v.Index), 10))
	}
	if words := v.Purpose(); words != "" {
		of = append([]string{words}, of...)
	}
	label, number := 26, 24
	if p.width < narrow {
		label, number = 14, 14
	}
	n := p.look.line(p.width).put(plain, "   ")
	n.cell(plain, p.look.text(quantity), label).right(strong, p.look.text(value), number)
	p.lines = append(p.lines, n.put(dim, p.look.text(strings.Join(of, ", "))).String())
}

// telegrams lists the last ones, the latest first, with all their bytes.
func (p *detailPage) telegrams(why *state.Explanation) {
	r := why.Row
	p.head("Last telegrams")
	if len(r.Recent) == 0 {
		p.text(dim, 3, "none was heard")
	}
	for i := len(r.Recent) - 1; i >= 0; i-- {
		t := &r.Recent[i]
		n := p.look.line(p.width).put(plain, "   ")
		n.put(plain, t.Time.Format("15:04:05.000")).put(dim, "  "+p.look.text(words.English.Reached(why, i))).put(strong, "  "+p.look.text(words.English.Outcome(&t.Outcome)))
		n.put(plain, p.rssi(t.RSSI))
		if t.Mode != "" {
			n.put(dim, "  "+p.look.text(string(t.Mode)))
		}
		n.put(dim, "  "+p.look.text(t.Receiver)).put(dim, fmt.Sprintf("  %d bytes", len(t.Bytes)))
		p.lines = append(p.lines, n.String())
		if len(t.Bytes) > 0 {
			hex := fmt.Sprintf("%X", t.Bytes)
			for _, s := range strings.Split(ansi.Hardwrap(hex, max(1, p.width-6), false), "\n") {
				p.lines = append(p.lines, p.look.line(p.width).put(dim, "     "+s).String())
			}
		}
	}
}

func (p *detailPage) rssi(r device.RSSI) string {
	switch r.Scale {
	case device.ScaleDBm:
		return "  " + p.look.number(r.Value) + " dBm"
	case device.ScaleRelative:
		return "  rel " + p.look.number(r.Value)
	}
	return ""
}

func scrollWords(part float64) string { return strconv.Itoa(int(100*part)) + " %" }

// splitLines cuts a drawn text into exactly so many lines.
func splitLines(s string, lines int) []string {
	if lines <= 0 {
		return nil
	}
	all := strings.Split(s, "\n")
	for i := range all {
		all[i] = strings.TrimRight(all[i], " ") // the pager pads by clusters, not by columns
	}
	for len(all) < lines {
		all = append(all, "")
	}
	return all[:lines]
}
