package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wmbus"
	"earshot/tui/screen"
)

// handEvents are those of what the installer does at a meter, and of telegrams with real
// bytes, nil if the verb is no such.
func (s *scenario) handEvents(verb string, args []string, rest func(int) string) []state.Event {
	switch verb {
	case "telegram": // meter dBm litres: encrypted, and it goes the whole way
		frame := s.telegram(args[0], int64(s.number(args[2])))
		heard := state.Heard{At: s.at(), Ref: args[0], Address: s.address(args[0]), Reception: s.reception(device.ScaleDBm, int16(s.number(args[1])))}
		heard.Bytes = frame
		v := wmbus.Decimal(int64(s.number(args[2])), -3)
		r := &reading.Reading{Time: s.now, Medium: s.address(args[0]).Type.Medium(), Records: []reading.Record{{Quantity: wmbus.Volume, Value: v, Unit: wmbus.UnitM3}}}
		for month := range 4 {
			day, _ := wmbus.Date(2026, 10-month, 28)
			r.Records = append(r.Records, reading.Record{Quantity: wmbus.Volume, Value: wmbus.Decimal(int64(6000-150*month-40*month*month), -3), Unit: wmbus.UnitM3,
				Storage: uint64(month + 1), Role: wmbus.RoleMonthEnd, Date: wmbus.DayOf(day)})
		}
		return []state.Event{heard,
			state.Decrypted{At: s.at(), Ref: args[0], Security: wmbus.Security{Mode: wmbus.ModeAESIV, Result: wmbus.SecurityOK}},
			state.Decoded{At: s.at(), Ref: args[0], Reading: r},
			state.Stored{At: s.at(), Telegrams: 1, Refs: args[:1], Times: []time.Time{s.now}, Queued: 1},
			state.Delivered{At: s.at(), Refs: args[:1], Times: []time.Time{s.now}},
		}
	case "displayed": // meter text
		return []state.Event{state.Noted{At: s.at(), Ref: args[0], What: state.ActDisplayed, Text: rest(1)}}
	case "unreachable": // meter reason
		return []state.Event{state.Noted{At: s.at(), Ref: args[0], What: state.ActUnreachable, Text: rest(1)}}
	case "sealed": // the file for keys asks for a passphrase
		s.asks = screen.ErrPassphrase
		return []state.Event{}
	}
	return nil
}

// telegram is one of a meter of the building, encrypted with its key.
func (w *world) telegram(ref string, litres int64) []byte {
	i := slices.IndexFunc(w.site.Meters, func(m site.Meter) bool { return m.Ref() == ref })
	code, _ := wmbus.VIF(wmbus.Volume, wmbus.UnitM3, -3)
	head := wmbus.Head{VIF: code}
	msg := wmbus.Message{Link: w.address(ref), CI: 0x7A, Access: byte(litres), Mode: wmbus.ModeAESIV, Payload: head.Int(nil, 4, litres)}
	frame, err := msg.Append(nil, w.site.Meters[i].Key.Prepared())
	if err != nil {
		w.t.Fatal(err)
	}
	return frame
}

// TestMeterInEachLanguage: the page of a meter is complete in each language, and no line
// is wider than the terminal.
func TestMeterInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range words.Languages() {
		w := newWorld(t, len(cast), func(c *Config) { c.Lang = lang })
		s := &scenario{world: w}
		for _, line := range []string{"start 30s", "telegram KAM-76348799 -62 6401", "telegram KAM-76348799 -70 6403", "displayed KAM-76348799 7 m³", "unreachable KAM-76348799 built_in", "key enter enter"} {
			s.do(strings.Fields(line))
		}
		for _, width := range []string{"40", "80", "120"} {
			s.do([]string{"size", width, "140"})
			page := s.picture(nil)
			for _, name := range []string{"meter.chain", "meter.plot.value", "meter.plot.past", "meter.layers", "meter.layers.encrypted", "meter.showed", "unreachable.built_in"} {
				if said := lang.Say(name, nil); !strings.Contains(page, said) {
					t.Errorf("%v, %s columns: %q is missing:\n%s", lang, width, said, page)
				}
			}
			if strings.Contains(page, "meter.") || strings.Contains(page, "<nil>") {
				t.Errorf("%v, %s columns: a message is missing:\n%s", lang, width, page)
			}
		}
		s.do([]string{"size", "80", "24"})
		s.do([]string{"key", "x"})
		if page := s.picture(nil); !strings.Contains(page, "6 "+lang.Term("unreachable", "disconnected")) {
			t.Errorf("%v: the reasons do not fit:\n%s", lang, page)
		}
	}
}
