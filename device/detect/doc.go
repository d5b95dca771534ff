// Package detect finds out which receivers are attached. It probes every serial
// port of a USB device for one dongle family after the other, in the order and
// with the pauses that disturb none of them (docs/protocol/dongles.md#probing), several
// ports at a time.
//
// Each receiver found becomes one device.Spec, so that to the rest of the program
// `auto` is just a list of receivers.
//
// The caller passes the families in; it must never know which there are.
package detect
