package upload

import (
	"slices"
	"strconv"

	"github.com/eclipse/paho.golang/packets"

	"earshot/device/mqttconn"
)

// Publication is what goes out on a topic.
type Publication struct {
	Topic   string
	Payload []byte
	// Retain has the broker keep it for later subscribers.
	Retain bool
}

// Announcement is a retained message that is to be at the broker before
// another one. It is made and sent once a connection, and again when its
// Version has changed or a consumer is born (Birth).
type Announcement struct {
	Topic   string
	Version int
	Payload func() []byte // called by the goroutine that renders
}

// Rendered is what is published for a message of the outbox.
type Rendered struct {
	Publication
	// Before are the announcements that it needs.
	Before []Announcement
}

// Render makes of a message of the outbox what is published for it. It must
// make the same of the same message each time, since a message may be sent
// twice. An error sets the message aside; its text completes "its payload … ".
type Render func(Message) (Rendered, error)

// plain publishes a message as the outbox has it.
func plain(m Message) (Rendered, error) {
	return Rendered{Publication: Publication{Topic: m.Topic, Payload: m.Payload}}, nil
}

// encoder makes PUBLISH packets.
type encoder struct {
	store       string // names the outbox in message ids
	contentType string
	properties  []packets.User
	expiry      *uint32 // of readings, in seconds; nil for none
}

func newEncoder(cfg Config) encoder {
	e := encoder{store: cfg.Store, contentType: cfg.ContentType}
	for _, p := range cfg.Properties {
		e.properties = append(e.properties, packets.User{Key: p.Key, Value: p.Value})
	}
	if cfg.MessageExpiry > 0 {
		expiry := seconds(cfg.MessageExpiry)
		e.expiry = &expiry
	}
	return e
}

// utf8Payload is the payload format indicator of text (docs/protocol/mqtt.md#packets).
var utf8Payload byte = 1

// packet returns the PUBLISH packet, QoS 1, of a message with that Seq; 0 for
// what does not come from the outbox.
func (e *encoder) packet(id uint16, seq int64, p Publication) *packets.Publish {
	properties := &packets.Properties{PayloadFormat: &utf8Payload, ContentType: e.contentType, User: e.properties}
	if seq > 0 {
		properties.MessageExpiry = e.expiry
		properties.User = append(slices.Clip(e.properties), packets.User{Key: mqttconn.PropertyMessageID, Value: e.store + "-" + strconv.FormatInt(seq, 10)})
	}
	return &packets.Publish{PacketID: id, QoS: 1, Topic: p.Topic, Payload: p.Payload, Retain: p.Retain, Properties: properties}
}
