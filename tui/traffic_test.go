package tui

import (
	"bytes"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"earshot/collector/state"
	"earshot/tui/building"
	"earshot/tui/screen"
)

// painter turns frames into the bytes that go to a terminal, by the same
// renderer and with the same settings as Bubble Tea's.
type painter struct {
	out  bytes.Buffer
	term *uv.TerminalRenderer
	cell uv.ScreenBuffer
}

func newPainter(w, h int) *painter {
	p := &painter{cell: uv.NewScreenBuffer(w, h)}
	p.term = uv.NewTerminalRenderer(&p.out, []string{"TERM=xterm-256color"})
	p.term.SetColorProfile(colorprofile.TrueColor)
	p.term.SetTabStops(-1)
	p.term.SetScrollOptim(true)
	p.term.SetFullscreen(true)
	p.term.SetRelativeCursor(false)
	p.term.Erase()
	return p
}

// paint returns how many bytes a frame takes.
func (p *painter) paint(t testing.TB, m *Model) int {
	p.cell.Clear()
	uv.NewStyledString(m.View().Content).Draw(p.cell, p.cell.Bounds())
	p.term.Render(p.cell.RenderBuffer)
	if err := p.term.Flush(); err != nil {
		t.Fatal(err)
	}
	n := p.out.Len()
	p.out.Reset()
	return n
}

// TestOneRowCostsFewBytes holds the budget of a changed row.
func TestOneRowCostsFewBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 40)
	w.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	w.post(w.start(time.Minute))
	for i := range 20 {
		w.post(w.passed(w.site.Meters[i].Ref(), -60, 6408)...)
	}
	w.pass(10 * time.Second)
	p := newPainter(100, 30)
	first := p.paint(t, w.m)

	w.post(w.passed(w.site.Meters[7].Ref(), -71, 6411)...)
	again := p.paint(t, w.m)
	w.post(w.passed(w.site.Meters[20].Ref(), -71, 6411)...)
	fresh := p.paint(t, w.m)
	idle := p.paint(t, w.m)
	t.Logf("first frame %d bytes, a meter heard again %d, a meter heard for the first time %d", first, again, fresh)
	if again == 0 || again >= 200 {
		t.Errorf("a meter heard again writes %d bytes, want less than 200 and some", again)
	}
	if fresh == 0 || fresh >= 320 {
		t.Errorf("a meter heard for the first time, with its counts, writes %d bytes, want less than 320 and some", fresh)
	}
	if idle != 0 {
		t.Errorf("a frame without a change writes %d bytes", idle)
	}
}

// load is what happens while bytes are counted.
type load struct {
	name              string
	meters, perSecond int
	keys              []string // pressed before
	limit             float64  // bytes a second
}

// loads are the budgets of a link, on 100×30.
var loads = []load{
	{name: "idle", meters: 1000, perSecond: 0, limit: 0},
	{name: "10 a second", meters: 48, perSecond: 10, limit: 1200},
	{name: "10 a second, 1,000 meters", meters: 1000, perSecond: 10, limit: 1200},
	{name: "100 a second", meters: 48, perSecond: 100, limit: 6000},
	{name: "100 a second, 1,000 meters", meters: 1000, perSecond: 100, limit: 6000},
	{name: "300 a second, 10,000 meters", meters: 10_000, perSecond: 300, limit: 6000},
	{name: "100 a second, as listed", meters: 1000, perSecond: 100, keys: []string{"s", "s", "s", "s"}, limit: 6000},
	{name: "100 a second, by age", meters: 1000, perSecond: 100, keys: []string{"s", "s", "s"}, limit: 6000},
	{name: "300 a second, by age, 10,000 meters", meters: 10_000, perSecond: 300, keys: []string{"s", "s", "s"}, limit: 6000},
}

// bytes plays half a minute and returns the bytes a second that the terminal gets:
// four snapshots and a tick a second.
func (l load) bytes(t testing.TB) float64 {
	w := newWorld(t, l.meters)
	w.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	w.post(state.BrokerUp{At: w.at(), Broker: "127.0.0.1:1883"})
	if l.perSecond > 0 {
		w.post(w.start(time.Minute))
	}
	for _, key := range l.keys {
		w.press(key)
	}
	w.pass(flashTime)
	began := w.now
	p := newPainter(100, 30)
	p.paint(t, w.m)
	const seconds, step = 30, 250 * time.Millisecond
	total, due, sent := 0, 0, 0
	var acks []state.Event // of the telegrams of the step before
	for i := range int(seconds * time.Second / step) {
		w.now = began.Add(time.Duration(i+1) * step)
		w.board.Post(acks...)
		acks = nil
		for due += l.perSecond; due >= 4; due -= 4 {
			// A stride that is prime to the number of meters: all take turns.
			ref := w.site.Meters[sent*7919%l.meters].Ref()
			events := w.passed(ref, int16(-55-sent*13%40), 6408+sent)
			w.board.Post(events[:len(events)-1]...)
			acks = append(acks, events[len(events)-1])
			sent++
		}
		if l.perSecond > 0 {
			w.send(snapshotMsg(w.view.Snapshot()))
			total += p.paint(t, w.m)
		}
		if w.m.ticking && w.now.Sub(began)%tickEvery == 0 {
			w.send(tickMsg{})
			total += p.paint(t, w.m)
		}
	}
	return float64(total) / seconds
}

// flashTime is longer than a message is shown.
const flashTime = 9 * time.Second

// TestBytesPerSecond holds the budgets.
func TestBytesPerSecond(t *testing.T) {
	t.Parallel()
	for _, l := range loads {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			got := l.bytes(t)
			t.Logf("%.0f B/s", got)
			if got > l.limit || l.perSecond > 0 && got < 10 {
				t.Errorf("%.0f B/s, want at most %.0f, and some", got, l.limit)
			}
		})
	}
}

// BenchmarkTraffic reports the bytes a second that the terminal gets.
func BenchmarkTraffic(b *testing.B) {
	for _, l := range loads {
		b.Run(l.name, func(b *testing.B) {
			rate := 0.0
			for b.Loop() {
				rate = l.bytes(b)
			}
			b.ReportMetric(rate, "B/s")
		})
	}
}

// list is the Building screen.
func list(w *world) *building.Screen { return w.m.screens[screen.Building].(*building.Screen) }

func rowLines(w *world) int { return list(w).Pageful() + 1 }

// manyRows are two snapshots of a thousand meters that differ in every row.
func manyRows(b testing.TB) (w *world, snaps [2]state.Snapshot) {
	w = newWorld(b, 1000)
	w.send(tea.WindowSizeMsg{Width: 100, Height: 62})
	w.post(w.start(time.Minute))
	for i := range snaps {
		for _, m := range w.site.Meters {
			w.board.Post(w.passed(m.Ref(), int16(-60-i), 6408+i)...)
		}
		snaps[i] = w.view.Snapshot()
	}
	w.send(snapshotMsg(snaps[1]))
	for range 4 { // as listed: no flats, so that no row is folded
		w.press("s")
	}
	return w, snaps
}

// BenchmarkView draws a screen of 50 rows out of 1,000, all of them changed.
func BenchmarkView(b *testing.B) {
	w, snaps := manyRows(b)
	if rows := rowLines(w); rows < 50 {
		b.Fatalf("%d rows on the screen", rows)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		b.StopTimer()
		w.m.take(snaps[i%2])
		b.StartTimer()
		w.m.View()
		i++
	}
}

// BenchmarkViewUnchanged draws the same screen again.
func BenchmarkViewUnchanged(b *testing.B) {
	w, _ := manyRows(b)
	b.ReportAllocs()
	for b.Loop() {
		w.m.View()
	}
}

// BenchmarkSnapshot takes over a snapshot of 1,000 changed rows.
func BenchmarkSnapshot(b *testing.B) {
	w, snaps := manyRows(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		w.m.take(snaps[i%2])
		i++
	}
}

// TestRowsAreDrawnOnce proves that a row is drawn again only when it changes.
func TestRowsAreDrawnOnce(t *testing.T) {
	t.Parallel()
	w, _ := manyRows(t)
	rows := rowLines(w)
	draws := func() int {
		before := list(w).Drawn()
		w.m.View()
		return list(w).Drawn() - before
	}
	if n := draws(); n != rows {
		t.Errorf("first view drew %d rows, want %d", n, rows)
	}
	if n := draws(); n != 0 {
		t.Errorf("second view drew %d rows, want none", n)
	}
	w.post(w.passed(w.site.Meters[3].Ref(), -70, 7000)...)
	if n := draws(); n != 1 {
		t.Errorf("after one telegram %d rows were drawn, want 1", n)
	}
	w.press("down")
	if n := draws(); n != 2 {
		t.Errorf("after a move of the cursor %d rows were drawn, want 2", n)
	}
	w.pass(time.Second)
	if n := draws(); n != rows {
		t.Errorf("after a second %d rows were drawn, want all %d", n, rows)
	}
	w.pass(2 * time.Minute)
	w.m.View()
	w.pass(time.Second)
	if n := draws(); n != 0 {
		t.Errorf("with ages in minutes %d rows were drawn after a second, want none", n)
	}
}
