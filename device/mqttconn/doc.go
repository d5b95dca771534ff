// Package mqttconn connects to an MQTT 5 broker. It holds what receivers
// (device/mqtt), the upload of readings (collector/upload) and gateways
// (collector/forward) share: broker addresses, TLS, dialling, topics, and the texts
// of errors and reason codes.
//
// It is below device because a driver may not import the collector. It is called a
// connection, not a broker, since collector/upload/broker is a broker.
//
//   - address.go, tls.go, password.go: what the user sets, checked (ErrConfig).
//   - conn.go, websocket.go, guard.go: a network connection that bounds its
//     writes in time and its packets in size, and knows why it ended.
//   - topic.go: the one check of topic names and filters, and earshot's topics.
//   - reason.go, errors.go: reason codes and failures as one sentence.
//
// It must never know a telegram, a reading, an outbox or a session.
package mqttconn
