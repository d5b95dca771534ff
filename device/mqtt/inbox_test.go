package mqtt_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/mqtt"
)

// The telegram of docs/protocol/vectors.md#frames, bare and in format B.
const plain, formatB = devicetest.PlainB, devicetest.AirB

var bare = devicetest.Unhex(plain)

func TestGatewayNamesAreBounded(t *testing.T) {
	t.Parallel()
	var sink devicetest.Sink
	in := mqtt.NewInbox(&sink)
	for i := range 2 * mqtt.MaxGateways {
		in.Take(fmt.Sprintf("earshot/g%d/frames", i), []byte(plain))
	}
	in.Take("earshot/g0/frames", []byte(plain))
	other := mqtt.NewInbox(&sink) // which has room for more names
	for _, topic := range []string{"earshot//frames", "earshot/a/b/frames", "earshot/frames", "earshot/" + strings.Repeat("g", 65) + "/frames", "earshot/a\x1b/frames", "earshot/a\u009b/frames", "x/a/frames"} {
		other.Take(topic, []byte(plain))
	}
	names := map[string]int{}
	for _, f := range sink.Frames() {
		names[f.Receiver]++
	}
	if len(names) != mqtt.MaxGateways+1 || names["g0"] != 2 || names["broker/x"] != mqtt.MaxGateways+7 {
		t.Errorf("%d names: %v", len(names), names)
	}
}

// Nobody knows when a retained message was on the air, and a broker may send one
// though it was asked not to.
func TestRetainedMessagesAreLeftOut(t *testing.T) {
	t.Parallel()
	var sink devicetest.Sink
	mqtt.NewInbox(&sink).TakeRetained("wmbus/a", []byte(plain))
	if len(sink.Frames())+len(sink.Troubles()) != 0 {
		t.Errorf("frames %v, troubles %v", sink.Frames(), sink.Troubles())
	}
}

// A gateway whose clock was never set says 1970.
func TestTimesAreBelievedWithinReason(t *testing.T) {
	t.Parallel()
	var sink devicetest.Sink
	mqtt.NewInbox(&sink).Take("earshot/g/frames", []byte(`{"time":"1970-01-01T00:00:09Z","hex":"`+plain+`"}`))
	if f := sink.Frames()[0]; !f.AirTime.Equal(f.Time) {
		t.Errorf("air time %v", f.AirTime)
	}
}

// What device/text reads is read from a broker, too.
func TestFormsOfMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, payload string
		frames        int
	}{
		{name: "hex", payload: plain, frames: 1},
		{name: "bytes with 0x", payload: "0x" + strings.Join(strings.Fields(fmt.Sprintf("% X", bare)), ", 0x"), frames: 1},
		{name: "base64 in nested JSON", payload: `{"uplink":{"frm_payload":"` + base64.StdEncoding.EncodeToString(bare) + `"}}`, frames: 1},
		{name: "JSON over lines", payload: "{\n \"rx\": [\n  {\"hex\": \"" + plain + "\"},\n  {\"hex\": \"" + formatB + "\"}\n ]\n}", frames: 2},
		{name: "lines", payload: plain + "\r\nwords between them\r\n" + formatB + "\r\n", frames: 2},
		{name: "wrapped", payload: plain[:16] + "\n" + plain[16:], frames: 1},
		{name: "an address of an analyzer", payload: "https://example.org/analyze/" + plain, frames: 1},
	} {
		var sink devicetest.Sink
		mqtt.NewInbox(&sink).Take("wmbus/a", []byte(c.payload))
		if len(sink.Frames()) != c.frames || len(sink.Troubles()) != 0 {
			t.Errorf("%s: frames %v, troubles %v; want %d", c.name, sink.Frames(), sink.Troubles(), c.frames)
		}
	}
}

// A topic of something else is told once.
func TestATopicWithoutTelegrams(t *testing.T) {
	t.Parallel()
	var sink devicetest.Sink
	in := mqtt.NewInbox(&sink)
	for range 100 {
		in.Take("zigbee2mqtt/lamp", []byte(`{"state":"on","linkquality":120}`))
	}
	if got := sink.Troubles(); len(got) != 1 || !strings.Contains(got[0].Error(), "none of the first 10 messages holds a telegram (JSON without a telegram): choose another topic") {
		t.Errorf("troubles %v, want one", got)
	}
}

func FuzzMessage(f *testing.F) {
	f.Add("wmbus/a", []byte(plain+"\n"+formatB))
	f.Add("earshot/gw/frames", []byte(`{"time":"2026-03-02T08:00:00Z","hex":"`+plain+`"}`))
	f.Add("x", []byte("{\n\"raw\":\"T1;1;1;;;;;0x"+plain+"\"}"))
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		var sink devicetest.Sink
		in := mqtt.NewInbox(&sink)
		in.Take(topic, payload)
		for _, fr := range sink.Frames() {
			if len(fr.Bytes) < 10 || fr.Receiver == "" || fr.AirTime.IsZero() {
				t.Fatalf("%q gives %+v", payload, fr)
			}
		}
		for _, err := range sink.Troubles() {
			if strings.ContainsAny(err.Error(), "\x00\x1b\n") {
				t.Fatalf("control characters in %q", err)
			}
		}
	})
}

type discard struct{}

func (discard) Frame(device.Frame) {}
func (discard) Trouble(error)      {}

func BenchmarkMessage(b *testing.B) {
	in := mqtt.NewInbox(discard{})
	for name, text := range map[string]string{"hex": plain, "json": `{"mode":"T","rssi":-71,"frame":"` + plain + `"}`} {
		b.Run(name, func(b *testing.B) {
			payload := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				in.Take("wmbus/a/telegram", payload)
			}
		})
	}
}
