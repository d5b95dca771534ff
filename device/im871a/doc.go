// Package im871a drives IMST's iM871A-USB and, with other link-mode codes, the
// iM170A (169 MHz): docs/protocol/dongles.md#im871a.
//
// Both speak IMST's host controller interface: a message is A5, flags and
// endpoint, message id, length, payload, and, as the flags say, a timestamp, an
// RSSI byte and a CRC. frame.go splits bytes into messages, protocol.go
// sends requests and settings. Settings are changed in RAM only.
//
// # Limits of resynchronisation
//
// The module sends telegrams without a CRC; how to change that is not known. After
// noise such a telegram is found by the shape of its header (A5, flags, 02, 03,
// length, a C-field of EN 13757-4). A header of that shape inside another message
// without a CRC means that that message was cut off. So two things can go wrong, both
// only without a CRC: a telegram that happens to contain five bytes of that shape is
// lost (about one in ten million), and one that was cut off by at most four bytes is
// passed on with the first bytes of the next one if a read ended exactly there; the
// bytes up to the next A5 then count as noise.
//
// It must never know what a telegram says beyond its C-field.
package im871a
