// Package dongle is what all serial dongles share: it opens the port, finds
// out whether the family's dongle is there, sets its link modes, hands over
// telegrams, asks for a sign of life, and finds the dongle again after it was
// pulled.
//
// A family (device/im871a, device/cul …) says only what is its own, as a
// [Family] with a [Protocol]: how its bytes are cut into messages, and which
// requests identify and set it. No goroutine is started here: requests,
// heartbeats and reading take turns in the one that calls Receive.
//
// It must never know which families there are.
package dongle
