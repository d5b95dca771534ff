package mqtt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"earshot/device"
	"earshot/device/lines"
	"earshot/device/mqttconn"
	"earshot/device/telegramtext"
)

const (
	// maxPayload is the longest message that is looked into.
	maxPayload = 64 << 10
	// maxGateways is how many gateways are told apart. There is no more than a
	// handful; a topic that anybody may write to could name millions.
	maxGateways = 64
	// believed is how far a time in a message may be off for it to be when the
	// telegram was on the air: a gateway that has no clock says 1970.
	believed = 10 * time.Minute
	// longestWait is how long a telegram may have waited at its gateway.
	longestWait = 7 * 24 * time.Hour
)

// inbox takes messages apart. It is for one goroutine, but for dropped.
type inbox struct {
	name     string
	now      func() time.Time
	sink     device.Sink
	teller   *lines.Teller
	decoder  *telegramtext.Decoder
	gateways map[string]bool
	tooLong  bool // one was told
	untold   atomic.Uint64
}

func newInbox(name string, now func() time.Time, sink device.Sink) *inbox {
	in := &inbox{name: name, now: now, sink: sink, decoder: telegramtext.NewDecoder(now().Location()), gateways: map[string]bool{}}
	in.teller = lines.NewTeller(name, sink, func() { in.untold.Add(1) })
	return in
}

// dropped counts what was left out without being told.
func (in *inbox) dropped() uint64 { return in.untold.Load() + in.decoder.Dropped() }

// take handles one message.
func (in *inbox) take(topic string, payload []byte, retained bool) {
	switch {
	case retained:
		in.untold.Add(1)
		return
	case len(payload) > maxPayload && in.tooLong:
		in.untold.Add(1)
		return
	case len(payload) > maxPayload:
		in.tooLong = true
		in.sink.Trouble(fmt.Errorf("%s: topic %.100q: a message of %d bytes was refused, no telegram is longer than %d; others like it are counted: choose a narrower topic",
			in.name, topic, len(payload), maxPayload))
		return
	}
	receiver := in.receiverOf(topic)
	emit := func(t telegramtext.Telegram) { in.frame(receiver, t) }
	payload = bytes.TrimSpace(payload)
	if isObject(payload) { // it may be written over several lines
		in.told(topic, in.decoder.Decode(payload, emit))
		return
	}
	for line := range bytes.SplitSeq(payload, []byte{'\n'}) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			in.told(topic, in.decoder.Decode(line, emit))
		}
	}
}

// isObject reports whether a message is one JSON object, maybe written over
// several lines, and not one on each line.
func isObject(payload []byte) bool {
	return len(payload) > 0 && payload[0] == '{' && (bytes.IndexByte(payload, '\n') < 0 || json.Valid(payload))
}

func (in *inbox) told(topic string, err error) {
	if err != nil {
		in.teller.Trouble(fmt.Errorf("topic %.100q: %w", topic, err))
	}
}

// frame hands over a telegram. How long it waited at its gateway needs no clock
// that was set, and stands above the time that the gateway gives.
func (in *inbox) frame(receiver string, t telegramtext.Telegram) {
	in.teller.Telegram()
	f := t.Frame
	f.Receiver, f.Time = receiver, in.now()
	if t.Waited > 0 && t.Waited <= longestWait {
		f.AirTime = f.Time.Add(-t.Waited)
	} else if f.AirTime.IsZero() || f.Time.Sub(f.AirTime).Abs() > believed {
		f.AirTime = f.Time
	}
	in.sink.Frame(f)
}

// receiverOf names who heard what is published on a topic.
func (in *inbox) receiverOf(topic string) string {
	gateway := mqttconn.GatewayOf(topic)
	if gateway == "" {
		return in.name
	}
	if !in.gateways[gateway] {
		if len(in.gateways) >= maxGateways {
			return in.name
		}
		in.gateways[gateway] = true
	}
	return gateway
}
