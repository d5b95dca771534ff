// Package iu891a drives IMST's iU891A-XL and the modules with the same wM-Bus
// gateway firmware (iU893A-XL, iM891A-XL, iM881A-XL): docs/protocol/dongles.md#iu891a.
//
// A message is between two END bytes (SLIP) and has a CRC, so after noise no message
// is lost that has its own END before it. frame.go splits bytes into messages,
// protocol.go sends requests and settings. Only the active configuration is changed,
// which a restart resets; the default configuration is left alone.
//
// Uncertain: whether the configuration has 10 or 11 bytes (it is sent back as
// long as it came), what is in the middle of the device info, byte 6 of a
// telegram beyond T and frame format B, and whether every answer has its status
// byte. Enhanced T (6), which some meters are said to need, is not offered: it has no
// name among the link modes.
//
// It must never know what a telegram says beyond its length.
package iu891a
