// Package dongle is what all serial dongles share: it opens the port, identifies the
// dongle, sets its link modes, passes on telegrams, sends heartbeats, and finds the
// dongle again after it was unplugged.
//
// A family (device/im871a, device/cul …) is a [Family] with a [Protocol]: how bytes
// are split into messages, and which requests identify and configure the dongle.
// This package starts no goroutines: requests, heartbeats and reading take turns in
// the one that calls Receive.
//
// It must never know which families there are.
package dongle
