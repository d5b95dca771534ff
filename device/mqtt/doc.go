// Package mqtt receives telegrams that bridges and gateways publish to an MQTT
// broker: mqtt://broker/topic, or mqtts:// with TLS; MQTT 5. The topic may have
// the wildcards + and #. User and password stand before the host
// (mqtt://user:password@broker/topic) and are never printed.
//
// A message is what device/text reads: hex, a line of rtl_wmbus, or
// JSON with a hex member. Messages on earshot/<gateway>/frames are from that
// gateway: their frames have its name as Receiver, so that its signal strength
// is kept apart; they are written as the lines of device/replay.
//
// A message with a message-id that came before is left out, and the member
// waited (seconds) says how long a telegram waited at its gateway.
//
// A topic may be a shared subscription, $share/GROUP/TOPIC: each message goes to
// one of the group, whichever, also when it is of a meter that another one heard
// before. Who wants each meter in one place subscribes to everything and leaves
// out what is not its own (site.Shard).
//
// Retained messages are left out: it is not known when they were on the air.
// Messages of more than 64 kB are refused and counted; the broker is asked not to
// send more than 2 MB. A lost connection is device.ErrGone, and the caller opens
// the receiver again with Reopen: the broker keeps its session for
// ten minutes, so that nothing is lost as far as the broker can hold it.
//
// It must never know what a telegram says. What it shares with the upload of
// readings, which may use another broker, is device/mqttconn.
package mqtt
