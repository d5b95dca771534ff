// Package upload publishes the readings of the outbox to an MQTT 5 broker and
// reports which of them have arrived.
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
// set aside: it stays in the outbox, is counted and reported, and is tried
// again by the next Run. It never blocks the others.
//
// # Parts
//
//   - config.go, template.go: what the user sets, checked. Addresses, TLS,
//     topics, reason codes and the words for errors are device/mqttconn's.
//   - uploader.go: the API; Run starts, and waits for, everything here.
//     group.go is several of them, one a broker.
//   - connection.go has autopaho keep one connection to the broker.
//   - session.go is the MQTT session: what is in flight on that connection;
//     outlook.go is how the sender and the settler see it. The outbox is its
//     memory, so nothing else has to outlive a connection.
//   - sender.go takes from the outbox what the session has room for; render.go
//     makes packets of it. extra.go is what is published next to the readings:
//     the status (status.go, also the Last Will) and announcements.
//   - announce.go repeats announcements when a consumer is born. echo.go is the
//     echo check: what was published must come back; it has the subscriptions.
//   - settle.go records what the broker answered; tell.go passes it to the
//     observer.
//
// # What paho does, and what not
//
// autopaho makes the connections, one after the other, and paho reads and
// writes packets. autopaho's queue is not used: the outbox is the queue. Nor
// does it say why a connection ended: its OnClientError gets one error, not
// always the first, and may be called when the next connection is up. So the
// mqttconn.Conn and the session note the cause when they see it, and
// OnConnectionDown, which comes in order, reports it.
//
// The session is our own, not paho's session/state behind PublishWithOptions
// with PublishMethod_AsyncSend and a hook on PUBACK. What that has is the order
// of messages, their packet identifiers, and a bound on what is in flight. What
// it lacks (paho.golang v0.23.0):
//
//   - On a new session it forgets what was in flight and tells nobody, so the
//     list of messages in flight is needed anyway. On a session that the broker
//     kept it sends them again itself, and the outbox would too.
//   - If the broker lowers its Receive Maximum below what was in flight, its
//     quota wraps around and bounds nothing: the broker ends the connection
//     (reason code 93), again and again.
//   - AddToSession blocks at the Receive Maximum. The sender could neither hold
//     messages when the broker asks to wait, nor send one alone to find the
//     message on which the broker hangs up.
//   - It notes the Maximum Packet Size and does not heed it.
//
// And it costs more: a goroutine, two contexts and two writes a message. Of
// 20,000 messages to Mosquitto 2 (go test -bench Session ./collector/upload, on
// two busy cores) each takes 17 µs of CPU and 30 allocations here, from the
// outbox to the observer, and 37 µs and 60 allocations with the least that
// would work on paho's; with 64 in flight 14 µs and 31 µs. An own encoder of
// PUBLISH packets saved 1.5 µs more and is gone.
//
// # What waits for what
//
// Nothing waits for the uploader: Wake never blocks, and the outbox is the only
// queue. The Observer is called from the goroutine of Run and must not block.
//
// The package must never know a screen, a meter's keys, or how a payload is made.
package upload
