// Package forward publishes what the receivers of a gateway hear to an MQTT
// broker, so that a collector elsewhere receives it through device/mqtt.
//
// A telegram is a message on earshot/<gateway>/frames, QoS 1, and written as
// a line of device/replay. The gateway's status is retained on
// earshot/<gateway>/status (assets/schema/gateway.schema.json), updated each
// minute and when something changes; if the connection breaks, the broker
// publishes the offline status.
//
// # What is promised
//
// The radio never waits. Telegrams wait for the broker in a queue in memory;
// when it is full the oldest are dropped and counted. Telegrams that the
// broker has not acknowledged are sent again with the same message id.
// Telegrams that cannot be sent within the grace at the end are lost, counted
// and reported. To keep telegrams across a loss of power, record them as well
// (earshot record).
//
// A telegram that several receivers of the gateway hear is published once, as
// the first of them heard it.
//
// # Parts
//
//   - forward.go: the API; Run starts, and waits for, everything here.
//   - queue.go is the outbox of an upload.Uploader, which handles
//     the broker.
//   - source.go is a receiver as collector/receivers reports it.
//   - event.go is what is reported, status.go what the broker keeps.
//
// It must never know a meter list, a key, a store or the content of a telegram.
package forward
