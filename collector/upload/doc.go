// Package upload brings the readings of the outbox to an MQTT 5 broker and
// says which of them have arrived.
//
// # What is promised
//
// A message is delivered when the broker has acknowledged it (PUBACK with a
// reason code of success) and the outbox has committed that. Only then is it
// reported: what was shown as delivered survives a kill -9. A message that was
// not acknowledged is sent again on the next connection, so a broker may see
// it twice, but never not at all. Messages go out in the order of the outbox;
// only one on which the broker hung up or fell silent lets the others pass.
//
// A message that the broker will never take (not authorised, too large, …) is
// set aside: it stays in the outbox, is counted and told, and is tried again
// by the next Run. It never blocks the others.
//
// # Parts
//
//   - config.go, template.go: what the user sets, checked. Addresses, TLS,
//     topics, reason codes and the words for errors are device/mqttconn's.
//   - uploader.go: the API; Run starts, and waits for, everything here.
//     group.go is several of them, one a broker.
//   - connection.go has autopaho keep one connection to the broker.
//   - session.go is the MQTT session: what is in flight on that connection;
//     turn.go is how the sender and the settler look at it. The outbox is its
//     memory, so nothing else has to outlive a connection.
//   - sender.go takes from the outbox what the session has room for; render.go
//     makes packets of it. aside.go is what goes out beside the readings: the
//     status (status.go, also the Last Will) and announcements.
//   - echo.go is the echo check: what was published must come back.
//   - settle.go records what the broker answered and tell.go passes word to
//     the observer.
//
// # What autopaho does, and what not
//
// autopaho makes the connections, one after the other. Its queue is not used:
// the outbox is the queue. Nor does it say why a connection ended: its
// OnClientError is told of one error, not always the first, and may be called
// when the next connection is up. So the mqttconn.Conn and the session note the cause
// where it shows, and OnConnectionDown, which comes in order, tells it.
//
// # Who waits for whom
//
// Nobody waits for the uploader: Wake never blocks, and the outbox is the only
// queue. The Observer is called from the goroutine of Run and must not block.
//
// The package must never know a screen, a meter's keys, or how a payload is made.
package upload
