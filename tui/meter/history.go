package meter

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
	"earshot/tui/look"
	"earshot/tui/plot"
)

// series are points over time, in seconds.
type series struct {
	points []plot.Point
	zone   *time.Location
	least  float64              // that the plot is high
	write  func(float64) string // a value in words
	dates  bool                 // times are days
}

func (s *series) add(at time.Time, y float64) {
	s.points, s.zone = append(s.points, plot.Point{X: float64(at.Unix()), Y: y}), at.Location()
}

// plots draw how the value and the signal changed.
func (p page) plots(r *state.Row, samples []reading.Sample) {
	samples = slices.SortedStableFunc(slices.Values(samples), func(a, b reading.Sample) int { return a.Time.Compare(b.Time) })
	p.curve("meter.plot.value", p.values(r, samples), 4, true)
	p.curve("meter.plot.signal", p.signals(samples), 3, false)
	if value, _ := r.Shown(); value != nil {
		p.curve("meter.plot.past", p.past(value), 4, true)
	}
}

// written writes values like one that a meter sent, and is how high their plot is at least:
// ten times what its last digit counts.
func (p page) written(v *reading.Record) series {
	_, exponent, _ := v.Value.Decimal()
	decimals, least := max(0, min(6, -exponent)), 10.0
	for range decimals {
		least /= 10
	}
	return series{least: least, write: func(y float64) string {
		return p.Text(strings.TrimSpace(p.Lang.Number(strconv.FormatFloat(y, 'f', decimals, 64)) + " " + p.Lang.Unit(v.Unit)))
	}}
}

// values are the main register over time, beginning with the reading from before.
func (p page) values(r *state.Row, samples []reading.Sample) series {
	last := slices.IndexFunc(samples, func(s reading.Sample) bool { return numeric(&s.Value) })
	if last < 0 {
		return series{}
	}
	like := samples[last].Value
	s := p.written(&like)
	if r.Cached != nil && len(samples) > 0 && r.Cached.Sent().Before(samples[0].Time) {
		if v, ok := r.Cached.Main(); ok && v.Unit == like.Unit && v.Quantity == like.Quantity && numeric(&v) {
			y, _ := v.Number()
			s.add(r.Cached.Sent(), y)
		}
	}
	for i := range samples {
		if v := &samples[i].Value; numeric(v) && v.Unit == like.Unit {
			y, _ := v.Number()
			s.add(samples[i].Time, y)
		}
	}
	return s
}

func numeric(v *reading.Record) bool {
	_, _, number := v.Value.Decimal()
	return number
}

// signals are the signals in dBm over time.
func (p page) signals(samples []reading.Sample) series {
	const least = 10 // dB
	s := series{least: least, write: func(y float64) string { return p.Number(int16(math.Round(y))) + " dBm" }}
	for i := range samples {
		if rssi := samples[i].RSSI; rssi.Scale == device.ScaleDBm {
			s.add(samples[i].Time, float64(rssi.Value))
		}
	}
	return s
}

// past are the values of the main register that the meter has kept, such as those at the
// ends of months.
func (p page) past(r *reading.Reading) series {
	main, ok := r.Main()
	if !ok || !numeric(&main) {
		return series{}
	}
	s := p.written(&main)
	s.dates = true
	for i := range r.Records {
		v := &r.Records[i]
		if v.Quantity != main.Quantity || v.Unit != main.Unit || v.Storage == 0 || v.Function != wmbus.Instantaneous || !v.Plain() || v.Role == wmbus.RoleDifference || v.Date.None() {
			continue
		}
		if at, known := v.Date.Value().Time(time.UTC); known && numeric(v) {
			y, _ := v.Number()
			s.add(at, y)
		}
	}
	slices.SortFunc(s.points, func(a, b plot.Point) int { return cmp.Compare(a.X, b.X) })
	return s
}

// axis is how wide the texts at the side of a plot are.
const axis = 12

// curve draws a series of at least two points, with the highest and the lowest value at its
// side, and the first and the last time below it.
func (p page) curve(head string, s series, height int, line bool) {
	room := min(p.Width-axis-4, 90)
	if len(s.points) < 2 || room < 10 {
		return
	}
	frame, _ := plot.Fit(s.points, s.least)
	p.Head(p.say(head, nil))
	form := [...]plot.Form{look.Unicode: plot.Braille, look.Console: plot.Blocks, look.ASCII: plot.ASCII}[p.Alphabet()]
	for i, drawn := range plot.Draw(s.points, frame, room, height, form, line) {
		label := ""
		switch i {
		case 0:
			label = s.write(frame.Y1)
		case height - 1:
			label = s.write(frame.Y0)
		}
		p.Add(p.Line(p.Width).Put(look.Plain, " ").Right(look.Dim, label, axis).Put(look.Accent, drawn))
	}
	first, last := p.when(s, frame.X0, frame), p.when(s, frame.X1, frame)
	n := p.Line(p.Width).Put(look.Plain, strings.Repeat(" ", axis+2)).Put(look.Dim, first)
	p.Add(n.Gap(p.Width-axis-2-room+look.Width(last)).Put(look.Dim, last))
}

// when writes a time of a plot as exactly as its length asks for.
func (p page) when(s series, x float64, frame plot.Frame) string {
	at := time.Unix(int64(x), 0).In(s.zone)
	switch {
	case s.dates:
		return p.Lang.Date(at)
	case frame.X1-frame.X0 < (20 * time.Hour).Seconds():
		return p.Lang.Seconds(at)
	}
	return p.Lang.DateTime(at)
}
