package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/printable"
)

// TestViewFitsEverySize plays random campaigns and keys at random sizes: no
// line is wider than the screen, and there are never more lines than it has,
// and nothing from outside reaches the terminal as a control character.
func TestViewFitsEverySize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, 12, func(c *Config) { c.ASCII = rapid.Bool().Draw(rt, "ascii") })
		names := []string{"up", "down", "left", "right", "enter", "esc", "pgup", "pgdown", "home", "end", "backspace", "space",
			"/", "f", "s", "f1", "f2", "f3", "f4", "f5", "f6", "r", "R", "n", "u", "?", "a", "ø"}
		hostile := rapid.SampledFrom([]string{"short", "a very long reason that goes on and on, well beyond any screen that one would think of",
			"\x1b[2J\x1b[H", "水道メーター", "👩‍👩‍👧‍👦 🇩🇰 e\u0301\u0301", "\xff\xfe", ""})
		w.post(w.start(30 * time.Second))
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			ref := w.site.Meters[rapid.IntRange(0, len(w.site.Meters)-1).Draw(rt, "meter")].Ref()
			text := hostile.Draw(rt, "text")
			switch rapid.IntRange(0, 11).Draw(rt, "what") {
			case 0:
				w.post(w.passed(ref, int16(rapid.IntRange(-120, 0).Draw(rt, "dBm")), rapid.IntRange(0, 1<<30).Draw(rt, "litres"))...)
			case 1:
				w.post(w.heard(ref, device.ScaleRelative, int16(rapid.IntRange(-999, 999).Draw(rt, "relative"))),
					state.Failed{At: w.at(), Ref: ref, Kind: state.KindUndecodable, Reason: state.Reason{Code: state.ReasonText, Text: text}, Final: true})
			case 2:
				w.post(state.Noted{At: w.at(), Ref: ref, Text: text})
			case 3:
				w.post(state.BrokerDown{At: w.at(), Broker: text, Reason: text})
			case 4:
				w.post(state.UnlistedHeard{At: w.at(), Address: w.address(ref), Reception: w.reception(device.ScaleDBm, -70)}, state.Recognised{At: w.at(), Ref: ref, Address: w.address(ref)})
			case 5:
				w.post(state.ReceiverUp{At: w.at(), Info: device.Info{Name: text, Driver: "im871a"}}, state.TimedOut{At: w.at(), Ref: ref, After: time.Second})
			case 6:
				w.post(state.Cached{At: w.at(), Ref: ref, Reading: w.reading(ref, text, text, text, w.now.Add(-time.Hour), text)})
			case 7:
				w.pass(time.Duration(rapid.IntRange(0, 3).Draw(rt, "seconds")) * time.Second)
			case 8, 9:
				w.press(rapid.SampledFrom(names).Draw(rt, "key"))
			case 10:
				w.send(tea.PasteMsg{Content: text})
			default:
				w.send(tea.WindowSizeMsg{Width: rapid.IntRange(1, 200).Draw(rt, "width"), Height: rapid.IntRange(1, 70).Draw(rt, "height")})
			}
			fits(rt, w)
		}
	})
}

// TestViewFitsTinySizes tries every small size on every page.
func TestViewFitsTinySizes(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{{}, {"enter"}, {"u"}, {"?"}, {"/", "x"}, {"n", "x"}, {"f"}} {
		w := newWorld(t, len(cast))
		w.post(w.start(time.Minute))
		w.post(w.passed("KAM-76348799", -60, 6408)...)
		w.post(state.UnlistedHeard{At: w.at(), Address: w.address("KAM-54084283"), Reception: w.reception(device.ScaleDBm, -70)})
		for _, k := range keys {
			w.press(k)
		}
		for width := 1; width <= 45; width++ {
			for height := 1; height <= 20; height++ {
				w.send(tea.WindowSizeMsg{Width: width, Height: height})
				fits(t, w)
			}
		}
	}
}

func fits(t interface{ Fatalf(string, ...any) }, w *world) {
	content := w.m.View().Content
	lines := strings.Split(content, "\n")
	if len(lines) > w.m.height {
		t.Fatalf("screen %d at %d×%d: %d lines", w.m.at, w.m.width, w.m.height, len(lines))
	}
	for y, l := range lines {
		if n := max(ansi.StringWidth(l), ansi.StringWidthWc(l)); n > w.m.width {
			t.Fatalf("screen %d at %d×%d: line %d is %d wide: %q", w.m.at, w.m.width, w.m.height, y, n, l)
		}
		for _, r := range ansi.Strip(l) {
			if !printable.Rune(r) {
				t.Fatalf("line %d has %U, which no terminal shows: %q", y, r, l)
			}
		}
		for i, part := range strings.Split(l, "\x1b") {
			if i > 0 && !sgrOnly(part) {
				t.Fatalf("line %d has a sequence that is no style: %q", y, part)
			}
		}
	}
}

// FuzzScreen puts a text wherever a text can come from: the list, telegrams,
// receivers, brokers, the installer. Every page is drawn.
func FuzzScreen(f *testing.F) {
	for _, text := range []string{"bath", "\x1b[2J\x1b]0;owned\a", "\u202eelif\u00ad\u200b", "水道メーター 👩‍👩‍👧‍👦 🇩🇰", "\xff\xfe", "\u0301\u0301\u0301\u0301\u0301\u0301", "\U000e0041\ufe0f\u3164"} {
		f.Add(text, uint8(80), uint8(24), false)
		f.Add(text, uint8(40), uint8(9), true)
	}
	f.Add("🇩", uint8('P'), uint8('B'), false)
	f.Fuzz(func(t *testing.T, text string, width, height uint8, ascii bool) {
		expected := houseOf(t, len(cast))
		expected.Name = text
		for i := range expected.Meters {
			m := &expected.Meters[i]
			m.Place, m.Medium, m.Note = site.Place{Entrance: text, Floor: text, Apartment: text, Room: text}, text, text
		}
		w := newWorldOf(t, expected, func(c *Config) { c.ASCII = ascii })
		ref, other := expected.Meters[0].Ref(), expected.Meters[1].Ref()
		heard := w.reception(device.ScaleDBm, -70)
		heard.Receiver, heard.Mode = text, device.LinkMode(text)
		w.post(w.start(30*time.Second), state.ReceiverUp{At: w.at(), Info: device.Info{Name: text, Driver: text, Serial: text, Firmware: text}},
			state.Heard{At: w.at(), Ref: ref, Address: w.address(ref), Reception: heard}, state.Decrypted{At: w.at(), Ref: ref},
			state.Decoded{At: w.at(), Ref: ref, Reading: w.reading(ref, text, text, text, w.now, text)},
			state.Heard{At: w.at(), Ref: other, Address: w.address(other), Reception: heard},
			state.Failed{At: w.at(), Ref: other, Kind: state.KindUndecodable, Reason: state.Reason{Code: state.ReasonText, Text: text}, Final: true},
			state.Noted{At: w.at(), Ref: ref, Text: text}, state.BrokerDown{At: w.at(), Broker: text, Reason: text},
			state.UnlistedHeard{At: w.at(), Address: w.address(other), Reception: heard},
			state.ReceiverDown{At: w.at(), Receiver: text, Reason: text})
		w.send(tea.WindowSizeMsg{Width: int(width) + 1, Height: int(height) + 1})
		for _, keys := range [][]string{{}, {"enter"}, {"esc", "u"}, {"esc", "?"}, {"esc", "down", "enter"}, {"esc", "n"}, {"esc", "/"}} {
			for _, key := range keys {
				w.press(key)
			}
			w.send(tea.PasteMsg{Content: text})
			fits(t, w)
		}
	})
}

// sgrOnly reports whether what follows an escape character is a style.
func sgrOnly(s string) bool {
	if !strings.HasPrefix(s, "[") {
		return false
	}
	end := strings.IndexFunc(s[1:], func(r rune) bool { return (r < '0' || r > '9') && r != ';' && r != ':' })
	return end >= 0 && s[1+end] == 'm'
}

// TestHostileTerminal: sizes that nobody has, that change all the time, pastes of
// megabytes, keys and clicks that mean nothing.
func TestHostileTerminal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 200)
	w.post(w.start(30 * time.Second))
	for i := range 100 {
		w.post(w.passed(w.site.Meters[i].Ref(), -60, 6408)...)
	}
	huge := strings.Repeat("\x1b[2J水 A 2 tv \x00", 200_000)
	sizes := []tea.WindowSizeMsg{{Width: 1, Height: 1}, {Width: 500, Height: 200}, {Width: 1, Height: 200}, {Width: 500, Height: 1}, {}, {Width: -3, Height: -3}, {Width: 120, Height: 2}}
	for i := range 300 { // three seconds of a window that is dragged
		size := sizes[i%len(sizes)]
		if i%2 == 0 {
			size = tea.WindowSizeMsg{Width: 1 + i*7%260, Height: 1 + i*13%90}
		}
		w.send(size)
		for _, msg := range []tea.Msg{
			tea.MouseClickMsg{X: i*31%600 - 50, Y: i*17%300 - 50, Button: tea.MouseLeft}, tea.MouseWheelMsg{Button: tea.MouseWheelUp},
			tea.KeyPressMsg{Code: rune(tea.KeyF1 + rune(i%60))}, tea.KeyPressMsg{Code: 'ø', Text: "ø", Mod: tea.ModAlt}, tea.BlurMsg{}, tea.FocusMsg{},
		} {
			w.send(msg)
		}
		fits(t, w)
	}
	w.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	w.press("f2")
	for _, prompt := range []string{"/", "n", "esc"} {
		w.press(prompt)
		w.send(tea.PasteMsg{Content: huge})
		fits(t, w)
		w.press("enter")
		fits(t, w)
	}
}
