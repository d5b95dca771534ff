// Package meter is the screen of one meter: everything that is known of it.
package meter

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"earshot/collector/reading"
	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Screen is everything about the selected meter.
type Screen struct {
	screen.Pager
	host *screen.Host
}

// New returns the screen.
func New(h *screen.Host) *Screen {
	s := &Screen{host: h}
	s.Pager = screen.NewPager(h, s.title, s.lines)
	return s
}

// Keys are those of the meter, and of the way to the next.
func (s *Screen) Keys() []screen.Binding {
	return append([]screen.Binding{
		{Keys: []string{"left"}, Help: "the details of the meter before", Why: s.host.NeedsMeter, Do: s.steps(-1)},
		{Keys: []string{"right"}, Short: "next meter", Help: "the details of the next meter", Rank: 4, Why: s.host.NeedsMeter, Do: s.steps(1)},
	}, s.host.MeterKeys()...)
}

func (s *Screen) steps(by int) func(string) tea.Cmd {
	return screen.Just(func() {
		s.host.Neighbour(by)
		s.Take()
		s.Opened()
	})
}

func (s *Screen) title() (look.Token, string) {
	r := s.host.Current()
	if r == nil {
		return look.Accent, "meter"
	}
	sign, tone := s.host.Look.Mark(r.Verdict.Mark)
	return tone, sign + " " + r.Ref + "  " + r.Place.String()
}

// page is the text about a meter.
type page struct{ *look.Page }

// lines is everything about the meter.
func (s *Screen) lines(w int) []string {
	r := s.host.Current()
	p := page{s.host.Look.Page(w)}
	if r == nil {
		p.Say(look.Dim, 1, "this meter is no longer in the list: esc goes back")
		return p.Lines
	}
	sign, tone := p.Mark(r.Verdict.Mark)
	p.Fact(tone, "verdict", sign+" "+p.Lang.Verdict(&r.Verdict))
	if next := screen.Advice(p.Lang, r); next != "" {
		p.Fact(look.Plain, "next", p.Next+" "+next)
	}
	for _, a := range p.Lang.Alarms(&r.Verdict) {
		p.Fact(look.Alarm, "alarm", "! "+a)
	}
	for _, remark := range p.Lang.Remarks(&r.Verdict) {
		p.Fact(look.Dim, "remark", remark)
	}
	p.chain(r, s.host.Now)
	why := s.host.Snap.Explain(r)
	p.Head("Why")
	for _, f := range p.Lang.Why(&why) {
		p.Fact(look.Plain, f.Label, f.Text)
	}
	p.meter(r)
	p.reading(r)
	p.telegrams(&why)
	if len(r.Notes) > 0 || r.Listed != "" {
		p.Head("Notes")
		if r.Listed != "" {
			p.Fact(look.Plain, "list", r.Listed)
		}
		for _, n := range r.Notes {
			p.Fact(look.Plain, n.Time.Format(time.TimeOnly), n.Text)
		}
	}
	return p.Lines
}

// chain says step by step how far the meter got, and why no further.
func (p page) chain(r *state.Row, now time.Time) {
	p.Head("Chain")
	for s := range state.Steps {
		sign, tone, text := p.Off, look.Dim, p.Lang.Step(r, s)
		switch r.Chain[s] {
		case state.StepDone:
			sign, tone = p.Done, look.Good
		case state.StepFailed:
			sign, tone = p.Open, look.Failed
		case state.StepOpen:
			if s > 0 && r.Chain[s-1] != state.StepDone {
				break
			}
			sign, tone = p.Open, look.Listening
			if r.Read.Active && s != state.StepDelivered {
				w := look.WaitOf(r, now)
				text = strings.TrimSpace(text + " " + p.Wait(w))
			}
		}
		p.Fact(tone, sign+" "+s.String(), text)
	}
}

// meter identifies the meter, by the list and on the air.
func (p page) meter(r *state.Row) {
	p.Head("Meter")
	key := "no key"
	if r.HasKey {
		key = "a key"
	}
	p.Fact(look.Plain, "listed", fmt.Sprintf("%s in line %d, with %s", r.Ref, r.Line, key))
	if place := r.Place.String(); place != "" {
		p.Fact(look.Plain, "where", place)
	}
	p.Fact(look.Plain, "medium", p.OrNone(r.Medium))
	p.heard(r.Heard, r.Quality)
	if r.Correction != nil {
		p.Fact(look.Alarm, "corrected", fmt.Sprintf("by the installer, in this campaign: it is %s %v", r.Correction.Manufacturer, r.Correction.ID))
	}
	if r.Near != nil {
		text := fmt.Sprintf("%v is on the air, unlisted", r.Near.Address)
		if r.Near.KeyFits {
			text += "; this row's key opens it"
		}
		p.Fact(look.Alarm, "looks like", text)
		for _, n := range r.Also {
			p.Fact(look.Plain, "or", n.Address.String())
		}
	}
}

// heard says how well the meter is heard, and by which receivers.
func (p page) heard(h state.HeardSummary, quality state.Quality) {
	if h.Address.ID != 0 || h.Count > 0 {
		p.Fact(look.Plain, "on the air", fmt.Sprintf("%v (%s, version %d)", h.Address, h.Address.Type, h.Address.Version))
	}
	if median, ok := h.RSSI.Median(); ok {
		bars, _ := p.Signal(h.RSSI)
		text := fmt.Sprintf("%s %s (median), last %s, not calibrated", bars, p.Number(median), p.Number(h.RSSI.Last))
		if h.RSSI.Scale == device.ScaleDBm {
			text = fmt.Sprintf("%s %s dBm (median), last %s dBm: %s", bars, p.Number(median), p.Number(h.RSSI.Last), qualityWords[quality])
		}
		p.Fact(look.Plain, "signal", strings.TrimSpace(text))
	}
	if len(h.By) < 2 {
		return
	}
	for _, by := range h.By {
		bars, level := p.Signal(by.RSSI)
		p.Fact(look.Plain, "heard by", fmt.Sprintf("%s %s %s, %s", by.Receiver, bars, level, report.Count(by.Count, "telegram")))
	}
}

var qualityWords = [...]string{
	state.QualityUnknown: "too few to judge", state.QualityMarginal: "marginal", state.QualityWeak: "weak",
	state.QualityUsable: "usable", state.QualityGood: "good",
}

// reading lists every record.
func (p page) reading(r *state.Row) {
	reading, stale := r.Shown()
	if reading == nil {
		p.Head("Reading")
		p.Say(look.Dim, 3, "none yet")
		return
	}
	if stale {
		p.Head("Reading, cached from " + reading.Sent().Format(time.DateTime))
	} else {
		p.Head("Reading of " + reading.Sent().Format(time.DateTime))
	}
	status := "ok"
	if !reading.Status.Empty() {
		status = reading.Status.String()
	}
	p.Fact(look.Pick(reading.Status.Alarm(), look.Alarm, look.Plain), "status", status)
	if reading.Partial != "" {
		p.Fact(look.Alarm, "incomplete", reading.Partial)
	}
	for i := range reading.Records {
		p.record(&reading.Records[i])
	}
}

// record writes one value: quantity, value, unit, and where it belongs.
func (p page) record(v *reading.Record) {
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
	if p.Width < screen.Narrow {
		label, number = 14, 14
	}
	n := p.Line(p.Width).Put(look.Plain, "   ")
	n.Cell(look.Plain, p.Text(quantity), label).Right(look.Strong, p.Text(value), number)
	p.Add(n.Put(look.Dim, p.Text(strings.Join(of, ", "))))
}

// telegrams lists the last ones, the latest first, with all their bytes.
func (p page) telegrams(why *state.Explanation) {
	r := why.Row
	p.Head("Last telegrams")
	if len(r.Recent) == 0 {
		p.Say(look.Dim, 3, "none was heard")
	}
	for i := len(r.Recent) - 1; i >= 0; i-- {
		t := &r.Recent[i]
		n := p.Line(p.Width).Put(look.Plain, "   ")
		n.Put(look.Plain, t.Time.Format("15:04:05.000")).Put(look.Dim, "  "+p.Text(p.Lang.Reached(why, i))).Put(look.Strong, "  "+p.Text(p.Lang.Outcome(&t.Outcome)))
		if rssi := p.RSSI(t.RSSI); rssi != "" {
			n.Put(look.Plain, "  "+rssi)
		}
		if t.Mode != "" {
			n.Put(look.Dim, "  "+p.Text(string(t.Mode)))
		}
		n.Put(look.Dim, "  "+p.Text(t.Receiver)).Put(look.Dim, fmt.Sprintf("  %d bytes", len(t.Bytes)))
		p.Add(n)
		if len(t.Bytes) > 0 {
			hex := fmt.Sprintf("%X", t.Bytes)
			for _, s := range strings.Split(ansi.Hardwrap(hex, max(1, p.Width-6), false), "\n") {
				p.Lines = append(p.Lines, p.Line(p.Width).Put(look.Dim, "     "+s).String())
			}
		}
	}
}
