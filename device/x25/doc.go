// Package x25 computes CRC-16/X-25, the check that IMST's dongles (device/im871a,
// device/iu891a) put behind their messages; facts/dongles.md sections 1.2 and
// 2.1, facts/test-vectors.md section 1.
//
// It must never know what a message is.
package x25
