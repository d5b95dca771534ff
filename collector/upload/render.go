package upload

import (
	"encoding/binary"
	"strconv"

	"earshot/device/mqttconn"
)

// Publication is what goes out on a topic.
type Publication struct {
	Topic   string
	Payload []byte
	// Retain has the broker keep it for those who subscribe later.
	Retain bool
}

// Announcement is a retained message that is to be at the broker before
// another one. It is made and sent once a connection.
type Announcement struct {
	Topic   string
	Payload func() []byte
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

// MQTT 5 identifiers of the properties of a PUBLISH (docs/protocol/mqtt.md#packets).
const (
	propPayloadFormat = 0x01
	propMessageExpiry = 0x02
	propContentType   = 0x03
	propUser          = 0x26
)

// encoder makes PUBLISH packets. It writes them itself: there is one for every
// reading, and all but the message id is the same in each.
type encoder struct {
	store string // names the outbox in message ids
	// contentType is in both of the others.
	contentType string
	reading     []byte // the properties of readings, but for the message id
	other       []byte // those of what does not come from the outbox
}

func newEncoder(cfg Config) encoder {
	common := []byte{propPayloadFormat, 1, propContentType}
	common = appendText(common, cfg.ContentType)
	for _, p := range cfg.Properties {
		common = appendProperty(common, p.Key, p.Value)
	}
	reading := common[:len(common):len(common)]
	if cfg.MessageExpiry > 0 {
		reading = append(reading, propMessageExpiry)
		reading = binary.BigEndian.AppendUint32(reading, seconds(cfg.MessageExpiry))
	}
	return encoder{store: cfg.Store, contentType: cfg.ContentType, reading: reading, other: common}
}

// packet returns the PUBLISH packet, QoS 1, of a message with that Seq; 0 for
// what does not come from the outbox.
func (e *encoder) packet(id uint16, seq int64, p Publication) []byte {
	props, message := e.other, ""
	if seq > 0 {
		props, message = e.reading, e.store+"-"+strconv.FormatInt(seq, 10)
	}
	size := len(props)
	if message != "" {
		size += 1 + 2 + len(mqttconn.PropertyMessageID) + 2 + len(message)
	}
	rest := 2 + len(p.Topic) + 2 + lengthBytes(size) + size + len(p.Payload)
	flags := byte(0x30 | 1<<1)
	if p.Retain {
		flags |= 1
	}
	wire := append(make([]byte, 0, 5+rest), flags)
	wire = binary.AppendUvarint(wire, uint64(rest)) // MQTT's variable byte integer (1.5.5)
	wire = appendText(wire, p.Topic)
	wire = binary.BigEndian.AppendUint16(wire, id)
	wire = binary.AppendUvarint(wire, uint64(size))
	wire = append(wire, props...)
	if message != "" {
		wire = appendProperty(wire, mqttconn.PropertyMessageID, message)
	}
	return append(wire, p.Payload...)
}

// lengthBytes is how many bytes a variable byte integer takes.
func lengthBytes(n int) int { return len(binary.AppendUvarint(nil, uint64(n))) }

// appendText appends a UTF-8 string of MQTT; it is not longer than 65535 bytes.
func appendText(b []byte, text string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(text)))
	return append(b, text...)
}

// appendProperty appends a user property.
func appendProperty(b []byte, key, value string) []byte {
	return appendText(appendText(append(b, propUser), key), value)
}
