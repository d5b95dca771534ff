package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"go.uber.org/goleak"

	"earshot/collector"
	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
	"earshot/tui/look"
	"earshot/tui/screen"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dawn is when every test begins.
var dawn = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// cast are the meters of the small building of the tests.
var cast = []struct {
	maker, id, medium string
	kind              wmbus.DeviceType
	place             site.Place
	keyless           bool
	note              string
}{
	{maker: "KAM", id: "76348799", medium: "cold water", kind: wmbus.TypeColdWater, place: site.Place{Entrance: "A", Floor: "st.tv", Room: "bath"}},
	{maker: "KAM", id: "54084283", medium: "cold water", kind: wmbus.TypeColdWater, place: site.Place{Entrance: "A", Floor: "1.th", Room: "kitchen"}},
	{maker: "QDS", id: "12345678", medium: "heat cost allocator", kind: wmbus.TypeHeatCostAllocator, place: site.Place{Entrance: "A", Floor: "2.tv", Room: "radiator"}},
	{maker: "DME", id: "66236629", medium: "heat", kind: wmbus.TypeHeat, place: site.Place{Entrance: "B", Floor: "st.tv", Room: "plant"}, note: "key at the caretaker's"},
	{maker: "BMT", id: "86868686", medium: "warm water", kind: wmbus.TypeWarmWater, place: site.Place{Entrance: "B", Floor: "1.th", Room: "bath"}},
	{maker: "KAM", id: "54084284", medium: "cold water", kind: wmbus.TypeColdWater, place: site.Place{Entrance: "B", Floor: "1.tv", Room: "kitchen"}},
	{maker: "EIE", id: "00112233", medium: "smoke detector", kind: wmbus.TypeSmokeDetector, place: site.Place{Entrance: "B", Floor: "2.th", Room: "hall"}},
	{maker: "ITW", id: "11223344", medium: "heat cost allocator", kind: wmbus.TypeHeatCostAllocator, place: site.Place{Entrance: "C", Floor: "st.th", Room: "living room"}, keyless: true},
}

// building returns the cast, and as many more meters as are asked for.
func houseOf(t testing.TB, meters int) site.Site {
	t.Helper()
	key, err := site.ParseKey("000102030405060708090A0B0C0D0E0F")
	if err != nil {
		t.Fatal(err)
	}
	s := site.Site{Name: "Søndergade 12"}
	for i := range meters {
		c := cast[i%len(cast)]
		id, err := wmbus.ParseID(c.id)
		if err != nil {
			t.Fatal(err)
		}
		place := c.place
		if i >= len(cast) {
			if id, err = wmbus.ParseID(fmt.Sprintf("%08d", 20000000+i)); err != nil {
				t.Fatal(err)
			}
			f := i / 4
			place = site.Place{Entrance: strconv.Itoa(1 + f/30), Floor: strconv.Itoa(f % 30 / 3), Apartment: []string{"tv", "mf", "th"}[f%3], Room: place.Room}
		}
		maker, err := wmbus.ParseManufacturer(c.maker)
		if err != nil {
			t.Fatal(err)
		}
		m := site.Meter{Row: i + 2, ID: id, Manufacturer: maker, Place: place, Medium: c.medium, Note: c.note}
		if !c.keyless {
			m.Key = key
		}
		s.Meters = append(s.Meters, m)
	}
	return s
}

// world is a board, a clock and a screen over them.
type world struct {
	t       testing.TB
	now     time.Time
	site    site.Site
	index   map[string]int // of its meters, by reference
	board   *collector.Board
	view    *collector.View
	asked   []string
	failing error // what writing a file ends with
	m       *Model

	later []func(<-chan struct{}) tea.Msg // what the screens let run meanwhile
	typed map[string]bool                 // meters for which a key was typed that no file has
	asks  error                           // what keeping a key comes to
}

type worldOption func(*Config)

func newWorld(t testing.TB, meters int, options ...worldOption) *world {
	t.Helper()
	return newWorldOf(t, houseOf(t, meters), options...)
}

func newWorldOf(t testing.TB, expected site.Site, options ...worldOption) *world {
	t.Helper()
	w := &world{t: t, now: dawn, site: expected, index: map[string]int{}}
	for i := range expected.Meters {
		w.index[expected.Meters[i].Ref()] = i
	}
	w.board = collector.NewBoard(state.NewState(w.site, true))
	w.view = w.board.View()
	cfg := Config{Source: w.view, Actions: w, Now: func() time.Time { return w.now }, Interval: time.Millisecond, FPS: 20, Guard: NewGuard()}
	for _, o := range options {
		o(&cfg)
	}
	cfg.Lab, cfg.Keys, w.typed = w, w, map[string]bool{}
	w.m = newModel(cfg) // whatever the machine's locale says
	w.m.host.Command = func(do func(<-chan struct{}) tea.Msg) tea.Cmd {
		w.later = append(w.later, do)
		return nil
	}
	return w
}

// History is what the telegrams that a row remembers said.
func (w *world) History(ref string) (samples []reading.Sample) {
	r := w.m.host.Row(ref)
	for i := range r.Recent {
		t := &r.Recent[i]
		s := reading.Sample{Time: t.Time, Receiver: t.Receiver, RSSI: t.RSSI}
		if r.Reading != nil && t.Outcome.Decoded {
			s.Value, _ = r.Reading.Main()
			n, exponent, number := s.Value.Value.Decimal()
			if number {
				s.Value.Value = wmbus.Decimal(n-int64(len(r.Recent)-1-i)*7, exponent)
			}
		}
		samples = append(samples, s)
	}
	return samples
}

// Dissect takes a telegram apart with the key of the building.
func (w *world) Dissect(ref string, telegram []byte) []wmbus.Part {
	i := slices.IndexFunc(w.site.Meters, func(m site.Meter) bool { return m.Ref() == ref })
	var d wmbus.Decoder
	parts, _ := d.Explain(new(wmbus.Telegram), telegram, w.site.Meters[i].Key.Prepared())
	return parts
}

// Try takes any text of 32 characters for a key; one that begins with F opens nothing.
func (w *world) Try(ref, typed string) (trial screen.KeyTrial) {
	w.asked = append(w.asked, "try key "+ref)
	if len(typed) != 32 {
		return screen.KeyTrial{Problem: fmt.Sprintf("%d characters", len(typed))}
	}
	trial.Of = len(w.m.host.Row(ref).Recent)
	trial.Opens = look.Pick(typed[0] == 'F', 0, trial.Of)
	return trial
}

func (w *world) Use(ref string) {
	w.asked, w.typed[ref] = append(w.asked, "use typed key "+ref), true
}

func (w *world) Unkept(ref string) bool { return w.typed[ref] }

func (w *world) Keep(ref, passphrase string) (string, error) {
	w.asked = append(w.asked, "keep key "+ref+look.Pick(passphrase == "", "", " with a passphrase"))
	if w.asks != nil && passphrase == "" {
		return "", w.asks
	}
	w.typed[ref] = false
	return "list.csv", nil
}

func (w *world) Displayed(ref, text string) { w.asked = append(w.asked, "displayed "+ref+": "+text) }
func (w *world) NotAccessible(ref, why string) {
	w.asked = append(w.asked, "not accessible "+ref+": "+why)
}
func (w *world) LongerTime(ref string) { w.asked = append(w.asked, "longer time "+ref) }
func (w *world) Undo(ref string)       { w.asked = append(w.asked, "undo "+ref) }

func (w *world) ReadAgain(refs []string) { w.asked = append(w.asked, "read "+strings.Join(refs, " ")) }
func (w *world) Correct(ref string, to wmbus.Address) {
	if to == (wmbus.Address{}) {
		w.asked = append(w.asked, "withdraw "+ref)
		return
	}
	w.asked = append(w.asked, fmt.Sprintf("correct %s %v %v", ref, to.Manufacturer, to.ID))
}
func (w *world) UseKey(ref, which string) { w.asked = append(w.asked, "use key "+which+" "+ref) }
func (w *world) Finish()                  { w.asked = append(w.asked, "finish") }
func (w *world) Note(ref, text string)    { w.asked = append(w.asked, "note "+ref+": "+text) }

func (w *world) Claim(of wmbus.Address, place string) {
	w.asked = append(w.asked, "claim "+state.RefOf(of)+": "+place)
}
func (w *world) Disclaim(of wmbus.Address) { w.asked = append(w.asked, "disclaim "+state.RefOf(of)) }
func (w *world) Ignore(of wmbus.Address, yes bool) {
	w.asked = append(w.asked, fmt.Sprintf("ignore %s %t", state.RefOf(of), yes))
}
func (w *world) WriteClaims(claims []state.Claim) (string, error) {
	w.asked = append(w.asked, fmt.Sprintf("write %d", len(claims)))
	return "list.claimed.csv", w.failing
}

func (w *world) EditNote(ref, text string) {
	w.asked = append(w.asked, look.Pick(text == "", "remove note "+ref, "edit note "+ref+": "+text))
}
func (w *world) AcceptDoubt(ref, why string) {
	w.asked = append(w.asked, "accept "+ref+": "+why)
}

// send hands the screen a message.
func (w *world) send(msg tea.Msg) {
	next, _ := w.m.Update(msg)
	w.m = next.(*Model)
	for len(w.later) > 0 {
		do := w.later[0]
		w.later = w.later[1:]
		if msg := do(nil); msg != nil {
			w.send(msg)
		}
	}
}

// post tells the board, and the screen.
func (w *world) post(events ...state.Event) {
	w.board.Post(events...)
	w.send(snapshotMsg(w.view.Snapshot()))
}

func (w *world) at() state.At { return state.At{Time: w.now} }

// address is what a meter is called on the air.
func (w *world) address(ref string) wmbus.Address {
	i, known := w.index[ref]
	if !known {
		w.t.Fatalf("%s is no meter of the building", ref)
	}
	m := w.site.Meters[i]
	return wmbus.Address{Manufacturer: m.Manufacturer, ID: m.ID, Version: 0x1B, Type: cast[i%len(cast)].kind}
}

func (w *world) reception(scale device.RSSIScale, value int16) state.Reception {
	return state.Reception{
		Receiver: "ttyUSB0", Mode: "C1", RSSI: device.RSSI{Scale: scale, Value: value},
		Bytes: []byte{0x2C, 0x44, 0x2D, 0x2C, 0x99, 0x87, 0x34, 0x76, 0x1B, 0x16, 0x8D, 0x20, 0x08, 0xF1, 0x77, 0x41},
	}
}

func (w *world) heard(ref string, scale device.RSSIScale, value int16) state.Event {
	return state.Heard{At: w.at(), Ref: ref, Address: w.address(ref), Reception: w.reception(scale, value)}
}

// reading makes a reading of a main value and a few more.
func (w *world) reading(ref, quantityName, unitName, text string, at time.Time, words ...string) *reading.Reading {
	var value wmbus.Value
	if value.UnmarshalJSON([]byte(text)) != nil {
		value = wmbus.Text(text)
	}
	quantity, _ := wmbus.ParseQuantity(quantityName)
	unit, _ := wmbus.ParseUnit(unitName)
	due, _ := wmbus.Date(2026, 10, 31)
	var status wmbus.StatusSet
	for _, word := range words {
		if one, known := wmbus.ParseStatus(word); known {
			status.Add(one)
		}
	}
	return &reading.Reading{
		Time: at, Medium: w.address(ref).Type.Medium(), Status: status,
		Records: []reading.Record{
			{Quantity: quantity, Value: value, Unit: unit},
			{Quantity: quantity, Value: value, Unit: unit, Function: wmbus.Maximum, Storage: 1, Tariff: 2, Subunit: 3},
			{Quantity: wmbus.FlowTemperature, Value: wmbus.Decimal(125, -1), Unit: wmbus.UnitCelsius, Function: wmbus.Minimum, Storage: 1},
			{Quantity: wmbus.DateQuantity, Value: due, Storage: 1},
		},
	}
}

// passed are the events of a telegram that goes the whole way.
func (w *world) passed(ref string, dBm int16, litres int) []state.Event {
	quantity, unit, value := "volume", "m³", strconv.FormatFloat(float64(litres)/1000, 'f', 3, 64)
	switch w.address(ref).Type {
	case wmbus.TypeHeatCostAllocator:
		quantity, unit, value = "heat_cost_allocation", "HCA", strconv.Itoa(litres)
	case wmbus.TypeSmokeDetector:
		quantity, unit, value = "error_flags", "", "0"
	}
	return []state.Event{
		w.heard(ref, device.ScaleDBm, dBm),
		state.Decrypted{At: w.at(), Ref: ref},
		state.Decoded{At: w.at(), Ref: ref, Reading: w.reading(ref, quantity, unit, value, w.now)},
		state.Stored{At: w.at(), Telegrams: 1, Refs: []string{ref}, Times: []time.Time{w.now}, Queued: 1},
		state.Delivered{At: w.at(), Refs: []string{ref}, Times: []time.Time{w.now}},
	}
}

// start begins a round of all meters.
func (w *world) start(limit time.Duration) state.Event {
	ev := state.RoundStarted{At: w.at(), Round: w.m.host.Snap.Round.Number + 1, Deadline: w.now.Add(limit)}
	for _, m := range w.site.Meters {
		ev.Reads = append(ev.Reads, state.ReadStart{Ref: m.Ref(), Until: ev.Deadline})
	}
	return ev
}

// pass lets time go by, a tick each second.
func (w *world) pass(d time.Duration) {
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(min(tickEvery, end.Sub(w.now)))
		w.send(tickMsg{})
	}
}

// keyCodes are the keys that have no character.
var keyCodes = map[string]rune{
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "enter": tea.KeyEnter,
	"esc": tea.KeyEscape, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
	"backspace": tea.KeyBackspace, "tab": tea.KeyTab, "f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6,
}

func (w *world) press(name string) {
	if code, ok := keyCodes[name]; ok {
		w.send(tea.KeyPressMsg{Code: code})
		return
	}
	if name == "space" {
		w.send(tea.KeyPressMsg{Code: tea.KeySpace, Text: " "})
		return
	}
	if name == "shift+tab" {
		w.send(tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift})
		return
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		w.send(tea.KeyPressMsg{Code: rune(letter[0]), Mod: tea.ModCtrl})
		return
	}
	r := []rune(name)[0]
	w.send(tea.KeyPressMsg{Code: r, Text: string(r)})
}

// screen draws the view as the renderer does, in a number of colours.
func (w *world) screen() uv.ScreenBuffer {
	buf := uv.NewScreenBuffer(w.m.width, w.m.height)
	uv.NewStyledString(w.m.View().Content).Draw(buf, buf.Bounds())
	return buf
}

// picture is the screen as text; with a profile also its styles.
func (w *world) picture(profile *colorprofile.Profile) string {
	buf := w.screen()
	if profile == nil {
		lines := strings.Split(buf.String(), "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " \r")
		}
		return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
	}
	for y := range w.m.height {
		for x := range w.m.width {
			if c := buf.CellAt(x, y); c != nil {
				c.Style = uv.ConvertStyle(c.Style, *profile)
			}
		}
	}
	text := strings.ReplaceAll(buf.Render(), "\r\n", "\n")
	return strings.TrimRight(strings.ReplaceAll(text, "\x1b", "␛"), "\n") + "\n"
}
