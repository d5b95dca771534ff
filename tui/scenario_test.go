package tui

import (
	"flag"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/rogpeppe/go-internal/txtar"

	"earshot/collector/keys"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wmbus"
	"earshot/tui/look"
)

var update = flag.Bool("update", false, "write the screens of testdata anew")

// TestScenarios plays the scripts of testdata: what happens, which keys are
// pressed, and what the screen must show then. The verbs are those of
// scenario.do; "screen NAME" compares the text with the file NAME of the
// archive, "styled NAME" with its styles in 16 colours too, "mono NAME" without
// colours.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &scenario{world: newWorld(t, len(cast)), archive: archive}
			for i, text := range strings.Split(string(archive.Comment), "\n") {
				if text = strings.TrimSpace(text); text == "" || text[0] == '#' {
					continue
				}
				s.line = i + 1
				s.do(strings.Fields(text))
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

type scenario struct {
	*world
	archive *txtar.Archive
	line    int
}

func (s *scenario) fatalf(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("line %d: "+format, append([]any{s.line}, args...)...)
}

func (s *scenario) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		s.fatalf("%v", err)
	}
	return n
}

func (s *scenario) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.fatalf("%v", err)
	}
	return d
}

// kinds are the failures that a script can name.
var kinds = map[string]state.Kind{
	"no_key": state.KindNoKey, "wrong_key": state.KindWrongKey,
	"undecodable": state.KindUndecodable,
}

// do plays one line.
func (s *scenario) do(f []string) {
	verb, args := f[0], f[1:]
	rest := func(i int) string { return strings.Join(args[min(i, len(args)):], " ") }
	switch verb {
	case "size": // columns lines
		s.send(tea.WindowSizeMsg{Width: s.number(args[0]), Height: s.number(args[1])})
	case "ascii":
		s.world = newWorld(s.t, len(cast), func(c *Config) { c.ASCII = true })
	case "lang": // code
		s.world = newWorld(s.t, len(cast), func(c *Config) { c.Lang, _ = words.Named(args[0]) })
	case "console":
		s.world = newWorld(s.t, len(cast), func(c *Config) { c.console = true })
	case "house": // meters: those of the cast, and flats of four
		s.world = newWorld(s.t, s.number(args[0]))
	case "background": // colour, and the terminal's number of colours
		s.send(tea.ColorProfileMsg{Profile: map[string]colorprofile.Profile{"16": colorprofile.ANSI, "256": colorprofile.ANSI256}[args[1]]})
		s.send(tea.BackgroundColorMsg{Color: map[string]color.Color{"white": color.White, "black": color.Black}[args[0]]})
	case "watch": // a screen without anybody to ask
		s.m.host.Actions = nil
	case "tick": // duration
		s.pass(s.duration(args[0]))
	case "key": // names
		for _, name := range args {
			s.press(name)
		}
	case "type": // text
		for _, r := range rest(0) {
			s.press(string(r))
		}
	case "paste-long": // characters
		s.send(tea.PasteMsg{Content: strings.Repeat("x", s.number(args[0]))})
	case "paste":
		s.send(tea.PasteMsg{Content: rest(0)})
	case "click": // column line
		s.send(tea.MouseClickMsg{X: s.number(args[0]), Y: s.number(args[1]), Button: tea.MouseLeft})
	case "wheel": // up or down
		s.send(tea.MouseWheelMsg{Button: look.Pick(args[0] == "up", tea.MouseWheelUp, tea.MouseWheelDown)})
	case "asked": // what the screen must have asked for, the last time
		if n := len(s.world.asked); n == 0 || s.world.asked[n-1] != rest(0) {
			s.t.Errorf("line %d: asked %q, want %q last", s.line, s.world.asked, rest(0))
		}
	case "screen":
		s.compare(args[0], s.picture(nil))
	case "rich": // with 256 colours
		p := colorprofile.ANSI256
		s.compare(args[0], s.picture(&p))
	case "styled":
		p := colorprofile.ANSI
		s.compare(args[0], s.picture(&p))
	case "mono":
		p := colorprofile.ASCII
		s.compare(args[0], s.picture(&p))
	default:
		s.post(s.events(verb, args, rest)...)
	}
}

// events are what a line lets happen.
func (s *scenario) events(verb string, args []string, rest func(int) string) []state.Event {
	for _, of := range []func(string, []string, func(int) string) []state.Event{s.meterEvents, s.partEvents, s.radioEvents, s.handEvents} {
		if events := of(verb, args, rest); events != nil {
			return events
		}
	}
	s.fatalf("unknown verb %q", verb)
	return nil
}

// meterEvents are those of the round and its meters, nil if the verb is no such.
func (s *scenario) meterEvents(verb string, args []string, rest func(int) string) []state.Event {
	switch verb {
	case "start": // limit
		return []state.Event{s.start(s.duration(args[0]))}
	case "finish": // failures cause
		return []state.Event{state.RoundFinished{At: s.at(), Round: 1, Failed: s.number(args[0]), Cause: s.cause(rest(1))}}
	case "hear": // meter dBm
		return []state.Event{s.heard(args[0], device.ScaleDBm, int16(s.number(args[1])))}
	case "hear-relative": // meter value
		return []state.Event{s.heard(args[0], device.ScaleRelative, int16(s.number(args[1])))}
	case "decode": // meter quantity unit value status…
		unit := look.Pick(args[2] == "-", "", args[2])
		return []state.Event{
			state.Decrypted{At: s.at(), Ref: args[0]},
			state.Decoded{At: s.at(), Ref: args[0], Reading: s.reading(args[0], args[1], unit, args[3], s.now, args[4:]...)},
			state.Stored{At: s.at(), Telegrams: 1, Refs: args[:1], Times: []time.Time{s.now}, Queued: 1},
		}
	case "pass": // first and last meter, as numbered in the house
		var events []state.Event
		for i := s.number(args[0]); i <= s.number(args[1]); i++ {
			events = append(events, s.passed(s.site.Meters[i].Ref(), int16(-50-i), 6408+i)...)
		}
		return events
	case "deliver": // meter
		return []state.Event{state.Delivered{At: s.at(), Refs: args[:1], Times: []time.Time{s.now}}}
	case "cached": // meter quantity unit value ago
		at := s.now.Add(-s.duration(args[4]))
		return []state.Event{state.Cached{At: s.at(), Ref: args[0], Reading: s.reading(args[0], args[1], args[2], args[3], at)}}
	case "fail": // meter kind fits reason
		kind, ok := kinds[args[1]]
		if !ok {
			s.fatalf("unknown kind %q", args[1])
		}
		events := []state.Event{state.Failed{At: s.at(), Ref: args[0], Kind: kind, Reason: state.Reason{Code: state.ReasonText, Text: rest(3)}, Final: true}}
		if args[2] != "-" {
			i := slices.IndexFunc(s.site.Meters, func(m site.Meter) bool { return m.Ref() == args[2] })
			events = append(events, state.KeyFound{At: s.at(), Ref: args[0], Clue: keys.Clue{Fault: keys.OtherRow, Of: args[2], Line: s.site.Meters[i].Row}})
		}
		return events
	case "hear-also": // meter receiver dBm
		r := s.reception(device.ScaleDBm, int16(s.number(args[2])))
		r.Receiver = args[1]
		return []state.Event{state.HeardAlso{At: s.at(), Ref: args[0], Reception: r}}
	case "timeout": // meter after [away]
		ev := state.TimedOut{At: s.at(), Ref: args[0], After: s.duration(args[1])}
		if len(args) > 2 {
			ev.Away = s.duration(args[2])
		}
		return []state.Event{ev}
	case "correction": // meter to
		return []state.Event{state.Noted{At: s.at(), Ref: args[0], What: state.ActCorrection, Text: rest(1)}}
	case "note": // meter text
		return []state.Event{state.Noted{At: s.at(), Ref: args[0], What: "note", Text: rest(1)}}
	}
	return nil
}

// partEvents are those of receivers, store and brokers, nil if the verb is no such.
func (s *scenario) partEvents(verb string, args []string, rest func(int) string) []state.Event {
	switch verb {
	case "receiver-tuned": // name modes
		modes, err := device.ParseLinkModes(args[1])
		if err != nil {
			s.fatalf("%v", err)
		}
		return []state.Event{state.ReceiverTuned{At: s.at(), Receiver: args[0], Modes: modes}}
	case "receiver-deaf": // name reason
		return []state.Event{state.ReceiverDeaf{At: s.at(), Receiver: args[0], Reason: rest(1)}}
	case "unlisted": // id dBm near fits
		id, err := wmbus.ParseID(args[0])
		if err != nil {
			s.fatalf("%v", err)
		}
		address := wmbus.Address{Manufacturer: s.site.Meters[0].Manufacturer, ID: id, Type: wmbus.TypeColdWater}
		events := []state.Event{state.UnlistedHeard{At: s.at(), Address: address, Reception: s.reception(device.ScaleDBm, int16(s.number(args[1]))), Encrypted: len(args) > 3}}
		if len(args) > 3 {
			events = append(events, state.Recognised{At: s.at(), Ref: args[2], Address: address})
		}
		return events
	case "receiver": // name driver
		return []state.Event{state.ReceiverUp{At: s.at(), Info: device.Info{Name: args[0], Driver: args[1]}}}
	case "receiver-ended": // name
		return []state.Event{state.ReceiverDown{At: s.at(), Receiver: args[0], Reason: "read to its end", Ended: true}}
	case "receiver-down": // name reason
		return []state.Event{state.ReceiverDown{At: s.at(), Receiver: args[0], Reason: rest(1)}}
	case "broker": // address
		return []state.Event{state.BrokerUp{At: s.at(), Broker: args[0]}}
	case "broker-down": // address reason
		return []state.Event{state.BrokerDown{At: s.at(), Broker: args[0], Reason: rest(1)}}
	case "store-failed": // reason
		return []state.Event{state.StoreFailed{At: s.at(), Reason: rest(0)}}
	case "store-mended": // lost
		return []state.Event{state.StoreMended{At: s.at(), Lost: s.number(args[0])}}
	case "resumed": // campaign
		return []state.Event{state.CampaignResumed{At: s.at(), Session: state.Session{Campaign: int64(s.number(args[0])), Delivering: true}}}
	case "drop": // count
		return []state.Event{state.Dropped{At: s.at(), What: state.DropStore, Count: s.number(args[0])}}
	}
	return nil
}

// compare holds a picture against the archive.
func (s *scenario) compare(name, got string) {
	s.t.Helper()
	for i := range s.archive.Files {
		f := &s.archive.Files[i]
		if f.Name != name {
			continue
		}
		if want := string(f.Data); got != want && !*update {
			s.t.Errorf("line %d: screen %s is not as it was; run with -update and look at the difference\n--- got\n%s--- want\n%s", s.line, name, got, want)
		}
		f.Data = []byte(got)
		return
	}
	if !*update {
		s.fatalf("the archive has no screen %s; run with -update", name)
	}
	s.archive.Files = append(s.archive.Files, txtar.File{Name: name, Data: []byte(got)})
}

// cause reads why a round ended early, "" if it did not.
func (s *scenario) cause(text string) (c state.Cause) {
	if err := c.UnmarshalText([]byte(text)); err != nil {
		s.fatalf("%v", err)
	}
	return c
}
