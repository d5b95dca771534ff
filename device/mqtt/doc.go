// Package mqtt receives telegrams that bridges and gateways publish to an MQTT
// broker: mqtt://broker/topic, or mqtts:// with TLS; MQTT 5. The topic may have
// the wildcards + and #. User and password stand before the host
// (mqtt://user:password@broker/topic) and are never printed.
//
// A message is what device/telegramtext reads: hex, a line of rtl_wmbus, or
// JSON with a hex member. Messages on earshot/<gateway>/frames are from that
// gateway: their frames have its name as Receiver, so that its signal strength
// is kept apart; they are written as the lines of device/replay.
//
// Retained messages are left out: nobody knows when they were on the air.
// Messages of more than 64 kB are refused and counted; beyond 2 MB the broker
// is told not to send them. A lost connection is device.ErrGone, and whoever
// opened the receiver opens it again.
//
// It must never know what a telegram says, nor share anything with the upload
// of readings, which may use another broker.
package mqtt
