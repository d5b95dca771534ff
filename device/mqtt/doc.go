// Package mqtt receives telegrams that bridges and gateways publish to an MQTT
// broker: mqtt://broker/topic, or mqtts:// with TLS; MQTT 5. The topic may have
// the wildcards + and #. User and password go before the host
// (mqtt://user:password@broker/topic) and are never printed.
//
// device/text reads the messages: hex, a line of rtl_wmbus, or JSON with a hex
// member. Messages on earshot/<gateway>/frames come from that gateway, in the format
// of device/replay. The gateway's name becomes the Receiver of their frames, so that
// its signal strength is kept separate.
//
// A message whose message-id came before is skipped. The member waited (seconds)
// says how long a telegram waited at its gateway.
//
// A topic may be a shared subscription, $share/GROUP/TOPIC: each message goes to
// any one member of the group, so the telegrams of one meter may go to different
// members. To have each meter in one place, subscribe to everything and skip what
// belongs to others (site.Shard).
//
// Retained messages are skipped: it is not known when they were on the air.
// Messages of more than 64 kB are refused and counted; the broker is asked not to
// send more than 2 MB. A lost connection is device.ErrGone, and the caller opens
// the receiver again with Reopen. The broker keeps the session for ten minutes, so
// that nothing is lost as long as the broker can hold it.
//
// It must never know what a telegram says. What it shares with the upload of
// readings, which may use another broker, is device/mqttconn.
package mqtt
