// Package iu891a drives IMST's iU891A-XL and the modules with the same wM-Bus
// gateway firmware (iU893A-XL, iM891A-XL, iM881A-XL): docs/protocol/dongles.md#iu891a.
//
// A message stands between two END bytes (SLIP), every one has a CRC: so after
// noise none is lost that has an END of its own before it. frame.go cuts bytes
// into messages, protocol.go asks and sets. Only the active configuration is
// changed, which a restart forgets; the default one is left alone.
//
// Uncertain: whether the configuration has 10 or 11 bytes (it is sent back as
// long as it came), what stands in the middle of the device info, byte 6 of a
// telegram beyond T and frame format B, and whether every answer has its status
// byte. Enhanced T (6), in which some meters are said to be heard only, is not
// offered: it has no name among the link modes.
//
// It must never know what a telegram says beyond its length.
package iu891a
