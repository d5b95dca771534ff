package report

import (
	"encoding/json"
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
)

// What is written without reflection is what encoding/json writes.
func TestEventJSON(t *testing.T) {
	t.Parallel()
	at := state.At{Time: time.Date(2026, 3, 2, 9, 15, 0, 500, time.FixedZone("", 3600))}
	read := &reading.Reading{Time: at.Time, Medium: "cold water", Partial: "cut <off>"}
	heard := func(scale device.RSSIScale, mode device.LinkMode, again bool) state.Heard {
		return state.Heard{At: at, Ref: `KAM-"<&>`, Address: wmbus.Address{ID: 0x12345678, Type: 0x16, Manufacturer: 0x2C2D},
			Reception: state.Reception{Receiver: "a\x1bb", Mode: mode, RSSI: device.RSSI{Scale: scale, Value: -62}}, Again: again}
	}
	value := int16(-62)
	for _, c := range []struct {
		event state.Event
		want  any
	}{
		{event: heard(device.ScaleDBm, "C1", false), want: struct {
			state.Heard
			onAir
		}{heard(device.ScaleDBm, "C1", false), onAir{Manufacturer: "KAM", ID: "12345678", Medium: "cold water", RSSI: &value}}},
		{event: heard(device.ScaleRelative, "", true), want: struct {
			state.Heard
			onAir
		}{heard(device.ScaleRelative, "", true), onAir{Manufacturer: "KAM", ID: "12345678", Medium: "cold water", Relative: &value}}},
		{event: state.Decrypted{At: at, Ref: "x", Security: wmbus.Security{Result: wmbus.WrongKey}}, want: struct {
			state.Decrypted
			Mode   string `json:"mode"`
			Result string `json:"result"`
		}{state.Decrypted{At: at, Ref: "x"}, wmbus.Security{}.Mode.String(), wmbus.WrongKey.String()}},
		{event: state.Decoded{At: at, Ref: "x", Reading: read}, want: state.Decoded{At: at, Ref: "x", Reading: read}},
	} {
		body, err := json.Marshal(c.want)
		if err != nil {
			t.Fatal(err)
		}
		want := `{"event":"` + c.event.Name() + `",` + string(body[1:])
		if got := string(EventJSON(c.event)); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
}
