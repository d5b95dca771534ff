// Package forward publishes what the receivers of a gateway hear to an MQTT
// broker, so that a collector elsewhere hears it: device/mqtt receives it.
//
// A telegram is a message on earshot/<gateway>/frames, QoS 1, and written as a
// line of device/replay. How the gateway stands is retained on
// earshot/<gateway>/status (assets/schema/gateway.schema.json), each minute and
// when something changes; when its connection breaks the broker says so.
//
// # What is promised
//
// The radio never waits. Telegrams wait for the broker in a queue in memory;
// when it is full the oldest go, counted. What the broker has not acknowledged
// is sent again with the same message id. What waits when the program ends, and
// cannot be sent within the grace, is lost, counted and reported. To keep it across
// a loss of power, record it as well (earshot record).
//
// A telegram that several receivers of the gateway hear is published once, as
// the first of them heard it.
//
// # Parts
//
//   - forward.go: the API; Run starts, and waits for, everything here.
//   - queue.go is the outbox of an upload.Uploader, which does all that
//     concerns the broker.
//   - source.go is a receiver as collector/receivers reports it.
//   - event.go is what is reported, status.go what the broker keeps.
//
// It must never know a meter list, a key, a store or what a telegram says.
package forward
