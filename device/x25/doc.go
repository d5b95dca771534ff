// Package x25 computes CRC-16/X-25, the check that IMST's dongles (device/im871a,
// device/iu891a) put behind their messages
// (docs/protocol/dongles.md#imst-crc, docs/protocol/vectors.md#checksums).
//
// It must never know what a message is.
package x25
