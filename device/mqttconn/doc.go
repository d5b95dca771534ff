// Package mqttconn is a connection to an MQTT 5 broker, as far as receivers
// (device/mqtt), the upload of readings (collector/upload) and gateways
// (collector/forward) need the same: the address of a broker, TLS, dialling,
// topics, and what errors and reason codes mean, in words.
//
// It lies below both because a driver may not import the collector. The name
// says connection, not broker: collector/upload/broker is a broker.
//
//   - address.go, tls.go, password.go: what the user sets, checked (ErrConfig).
//   - conn.go, websocket.go, guard.go: a network connection that bounds its
//     writes in time and its packets in size, and knows why it ended.
//   - topic.go: the one check of topic names and filters, and earshot's topics.
//   - reason.go, errors.go: reason codes and failures as one sentence.
//
// It must never know a telegram, a reading, an outbox or a session.
package mqttconn
