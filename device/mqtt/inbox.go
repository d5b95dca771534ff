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
	// maxPayload is the longest message that is read, in bytes.
	maxPayload = 64 << 10
	// maxGateways is how many gateways are kept separate. Usually there are a few;
	// a topic that anybody may write to could name millions.
	maxGateways = 64
	// believed is how far the time in a message may be off and still count as
	// the air time: a gateway without a clock sends 1970.
	believed = 10 * time.Minute
	// maxSilent is how many messages without a telegram may come before that is
	// reported, if none had one.
	maxSilent = 10
	// longestWait is how long a telegram may have waited at its gateway.
	longestWait = 7 * 24 * time.Hour
)

// inbox parses messages. Except for dropped, it is for one goroutine.
type inbox struct {
	name       string
	now        func() time.Time
	sink       device.Sink
	reporter   *text.Reporter
	reader     *text.Reader
	topic      string // of the current message
	receiver   string // of the current message
	gateways   map[string]bool
	tooLong    bool // one was reported
	unreported atomic.Uint64
}

func newInbox(name string, now func() time.Time, sink device.Sink) *inbox {
	in := &inbox{name: name, now: now, sink: sink, gateways: map[string]bool{}}
	in.reporter = text.NewReporter(name, sink, func() { in.unreported.Add(1) })
	in.reader = text.NewReader(now().Location(), in.frame, in.trouble)
	return in
}

// dropped returns how many messages were skipped without being reported.
func (in *inbox) dropped() uint64 { return in.unreported.Load() }

// take handles one message.
func (in *inbox) take(topic string, payload []byte, retained bool) {
	switch {
	case retained:
		in.unreported.Add(1)
		return
	case len(payload) > maxPayload && in.tooLong:
		in.unreported.Add(1)
		return
	case len(payload) > maxPayload:
		in.tooLong = true
		in.sink.Trouble(fmt.Errorf("%s: topic %.100q: refused a message of %d bytes, since no telegram is longer than %d; further ones are only counted: choose a narrower topic",
			in.name, topic, len(payload), maxPayload))
		return
	}
	in.topic, in.receiver = topic, in.receiverOf(topic)
	before := in.reader.Counts
	in.read(bytes.TrimSpace(payload))
	after := in.reader.Counts
	in.unreported.Add(after.Dropped - before.Dropped + uint64(after.None-before.None))
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

// isObject reports whether a message is one JSON object, possibly over several
// lines, and not one object per line.
func isObject(payload []byte) bool {
	return len(payload) > 0 && payload[0] == '{' && (bytes.IndexByte(payload, '\n') < 0 || json.Valid(payload))
}

func (in *inbox) trouble(_ int, err error) {
	in.reporter.Trouble(fmt.Errorf("topic %.100q: %w", in.topic, err))
}

// frame passes on a telegram. How long it waited at its gateway takes precedence
// over the gateway's time, since it does not depend on a clock that is set.
func (in *inbox) frame(t text.Telegram) {
	in.reporter.Telegram()
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

// receiverOf returns the receiver name for messages on a topic.
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
