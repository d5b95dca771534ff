// Package format makes what is published: of a reading as the outbox has it
// (earshot's own format), of what wmbusmeters publishes for the same meter, of
// Home Assistant's discovery, and of the status of a gateway.
//
// The same message makes the same bytes each time. Only discovery has a memory:
// what each meter has sent in this run. The formats are described by the JSON
// Schemas in assets/schema, which the tests hold them to.
//
//   - options.go: what is chosen, and how that becomes upload.Config.
//   - wmbusmeters.go: messages as that program writes them; wmbusfields.go has
//     the fields that its documentation names.
//   - homeassistant.go: devices announced as Home Assistant's MQTT documentation
//     describes; entities.go has the quantities and units, records.go what finds
//     a record in a message, alarms.go the binary sensors, rhythm.go for how
//     long a value is good.
//   - status.go: the retained status of a gateway.
//
// The package must never know a connection, a clock, a list of meters or a key.
package format
