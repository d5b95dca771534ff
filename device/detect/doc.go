// Package detect finds out which receivers are attached: it asks every serial
// port of a USB device who is there, one dongle family after the other, in the
// order and with the pauses that hurt none of them
// (docs/protocol/dongles.md#probing), several ports side by side.
//
// What it finds becomes one device.Spec a receiver, so that `auto` is nothing
// more to the rest of the program than the names of what is attached.
//
// It is handed the families and must never know which there are.
package detect
