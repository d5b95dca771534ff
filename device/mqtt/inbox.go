package mqtt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"earshot/device"
	"earshot/device/mqttconn"
	"earshot/device/text"
)

const (
	// maxPayload is the longest message that is looked into.
	maxPayload = 64 << 10
	// maxGateways is how many gateways are kept apart. There are no more than a
	// handful; a topic that anybody may write to could name millions.
	maxGateways = 64
	// believed is how far a time in a message may be off for it to be when the
	// telegram was on the air: a gateway that has no clock says 1970.
	believed = 10 * time.Minute
	// maxSilent is how many messages without a telegram may come before that is
	// told, if none had one.
	maxSilent = 10
	// longestWait is how long a telegram may have waited at its gateway.
	longestWait = 7 * 24 * time.Hour
)

// inbox takes messages apart. It is for one goroutine, but for dropped.
type inbox struct {
	name     string
	now      func() time.Time
	sink     device.Sink
	teller   *text.Teller
	reader   *text.Reader
	topic    string // of the message at hand
	receiver string // likewise
	gateways map[string]bool
	tooLong  bool // one was reported
	untold   atomic.Uint64
}

func newInbox(name string, now func() time.Time, sink device.Sink) *inbox {
	in := &inbox{name: name, now: now, sink: sink, gateways: map[string]bool{}}
	in.teller = text.NewTeller(name, sink, func() { in.untold.Add(1) })
	in.reader = text.NewReader(now().Location(), in.frame, in.trouble)
	return in
}

// dropped counts what was left out without being reported.
func (in *inbox) dropped() uint64 { return in.untold.Load() }

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
	in.topic, in.receiver = topic, in.receiverOf(topic)
	before := in.reader.Counts
	in.read(bytes.TrimSpace(payload))
	after := in.reader.Counts
	in.untold.Add(after.Dropped - before.Dropped + uint64(after.None-before.None))
	if after.Telegrams == 0 && before.None < maxSilent && after.None >= maxSilent {
		in.trouble(0, fmt.Errorf("none of the first %d messages holds a telegram (%s): choose another topic", after.None, after.Why))
	}
}

// read reads one message: one line each, or JSON that may be written over
// several lines.
func (in *inbox) read(payload []byte) {
	if isObject(payload) {
		in.reader.Line(1, payload)
	} else {
		no := 0
		for line := range bytes.SplitSeq(payload, []byte{'\n'}) {
			no++
			in.reader.Line(no, line)
		}
	}
	in.reader.End()
}

// isObject reports whether a message is one JSON object, maybe written over
// several lines, and not one on each line.
func isObject(payload []byte) bool {
	return len(payload) > 0 && payload[0] == '{' && (bytes.IndexByte(payload, '\n') < 0 || json.Valid(payload))
}

func (in *inbox) trouble(_ int, err error) {
	in.teller.Trouble(fmt.Errorf("topic %.100q: %w", in.topic, err))
}

// frame hands over a telegram. How long it waited at its gateway needs no clock
// that was set, and stands above the time that the gateway gives.
func (in *inbox) frame(t text.Telegram) {
	in.teller.Telegram()
	f := t.Frame
	f.Receiver, f.Time = in.receiver, in.now()
	if t.Waited > 0 && t.Waited <= longestWait {
		f.AirTime = f.Time.Add(-t.Waited)
	} else if f.AirTime.IsZero() || f.Time.Sub(f.AirTime).Abs() > believed {
		f.AirTime = f.Time
	}
	in.sink.Frame(f)
	if t.Err != nil {
		in.trouble(t.Line, t.Err)
	}
}

// receiverOf names the receiver of what is published on a topic.
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
