// Package im871a drives IMST's iM871A-USB and, with other link-mode codes, the
// iM170A (169 MHz): docs/protocol/dongles.md#im871a.
//
// Both speak IMST's host controller interface: a message is A5, flags and
// endpoint, message id, length, payload, and, as the flags say, a timestamp, an
// RSSI byte and a CRC. frame.go cuts bytes into messages, protocol.go asks and
// sets. Settings are changed in RAM only.
//
// # Limits of resynchronisation
//
// The module sends telegrams without a CRC unless it is asked otherwise in a
// way that is not known. After noise such a telegram is found by the shape of
// its header (A5, flags, 02, 03, length, a C-field of EN 13757-4), and a header
// of that shape inside of another message that has no CRC ends that message: it
// was cut off. So two things can go wrong, both without a CRC only: a telegram
// that happens to contain five bytes of that shape is lost (about one in ten
// million), and one that was cut off by four bytes at most is handed over with the
// next one's first bytes where a read ended just there; what follows then counts
// as noise up to the next A5.
//
// It must never know what a telegram says beyond its C-field.
package im871a
