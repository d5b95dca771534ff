package mqtt

import (
	"time"

	"earshot/device"
)

// NewInbox returns what takes messages apart.
func NewInbox(sink device.Sink) *inbox { return newInbox("broker/x", time.Now, sink) }

// Take handles one message.
func (in *inbox) Take(topic string, payload []byte) { in.take(topic, payload, false) }

// TakeRetained handles one message that the broker had kept.
func (in *inbox) TakeRetained(topic string, payload []byte) { in.take(topic, payload, true) }

const MaxGateways = maxGateways
