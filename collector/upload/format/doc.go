// Package format makes what is published: of a reading as the outbox has it
// (earshot's own format), of what wmbusmeters publishes for the same meter, of
// Home Assistant's discovery, and of the status of a gateway.
//
// It is pure: the same message makes the same bytes each time. The formats are
// described by the JSON Schemas in assets/schema, which the tests hold them to.
//
//   - options.go: what is chosen, and how that becomes upload.Config.
//   - wmbusmeters.go: field names as that program documents them in public.
//   - homeassistant.go: sensors announced as Home Assistant's MQTT
//     documentation describes.
//   - status.go: the retained status of a gateway.
//
// The package must never know a connection, a clock, a list of meters or a key.
package format
