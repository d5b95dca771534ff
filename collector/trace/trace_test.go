package trace_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"earshot/collector/trace"
)

var dawn = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func TestSignals(t *testing.T) {
	var s trace.Signals
	if got := s.Last(8); len(got) != 0 {
		t.Errorf("before the first one: %v", got)
	}
	for v := range int16(30) {
		s.Add(-v)
	}
	before := s
	s.Add(math.MinInt16)
	if got, want := s.Last(3), []int8{-28, -29, -128}; !slices.Equal(got, want) {
		t.Errorf("the last three are %v, want %v", got, want)
	}
	if got := before.Last(1); got[0] != -29 {
		t.Errorf("a copy has changed: %v", got)
	}
	if got := s.Last(100); len(got) != 24 || got[23] != -128 || got[0] != -7 {
		t.Errorf("all: %v", got)
	}
	if got := s.Last(-1); len(got) != 0 {
		t.Errorf("less than none: %v", got)
	}
}

func TestHistogram(t *testing.T) {
	var h trace.Histogram
	if _, ok := h.Median(); ok {
		t.Error("a median of nothing")
	}
	for _, c := range []struct {
		dBm   int16
		class int
	}{{dBm: math.MinInt16}, {dBm: -111}, {dBm: -110}, {dBm: -106}, {dBm: -105, class: 1}, {dBm: -61, class: 9}, {dBm: -35, class: 15}, {dBm: 0, class: 15}, {dBm: math.MaxInt16, class: 15}} {
		before := h
		h.Add(c.dBm)
		if h[c.class] != before[c.class]+1 {
			t.Errorf("%d dBm is not in class %d: %v", c.dBm, c.class, h)
		}
	}
	if h.Total() != 9 {
		t.Errorf("%d of 9 were counted", h.Total())
	}
	if m, ok := h.Median(); !ok || m != -105 {
		t.Errorf("the median is %d, %t", m, ok)
	}
}

func TestMessages(t *testing.T) {
	var m trace.Messages
	if m.Last().Count != 0 {
		t.Error("a message before the first")
	}
	m.Add(dawn, "")
	m.Add(dawn, "one")
	m.AddMany(dawn.Add(time.Second), "one", 3)
	before := m
	m.Add(dawn.Add(2*time.Second), "one")
	if got, want := m.Last(), (trace.Message{First: dawn, Last: dawn.Add(2 * time.Second), Text: "one", Count: 5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if before.Last().Count != 4 {
		t.Error("a copy has changed")
	}
	for i := range 100 {
		m.Add(dawn, fmt.Sprint(i))
	}
	if all := m.All(); len(all) != 20 || all[0].Text != "80" || m.Last().Text != "99" {
		t.Errorf("%v", all)
	}
}

func TestGaps(t *testing.T) {
	var g trace.Gaps
	g.End(dawn) // none lasts
	for i := range 30 {
		at := dawn.Add(time.Duration(i) * time.Minute)
		g.Begin(at, "away")
		g.Begin(at.Add(time.Second), "still away")
		g.End(at.Add(2 * time.Second))
		g.End(at.Add(3 * time.Second))
	}
	before := g
	g.Begin(dawn.Add(time.Hour), "away")
	all := g.All()
	if len(all) != 20 || g.Count != 31 {
		t.Fatalf("%d gaps of %d", len(all), g.Count)
	}
	last := dawn.Add(29 * time.Minute)
	if got, want := all[18], (trace.Gap{From: last, To: last.Add(2 * time.Second), Reason: "still away"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	g.End(dawn.Add(2 * time.Hour))
	if !all[19].To.IsZero() || !before.All()[19].To.Equal(last.Add(2*time.Second)) {
		t.Error("a copy has changed")
	}
}
