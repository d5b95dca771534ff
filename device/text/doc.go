// Package text reads telegrams from text of any source: pasted text, a file,
// standard input, a connection, an MQTT message.
//
// A [Reader] takes lines and finds the telegrams in them: hex in any notation, log
// lines of other programs, JSON, base64, raw radio symbols (docs/protocol/text.md). One
// rule, in candidate.go, decides what a telegram is: the L-field fits, the C-field
// is known, the header is plausible. An interpretation whose checksums are correct
// is preferred. Lines without a telegram are counted. Damaged telegrams are reported
// with their line.
//
// A [Source] is a file or standard input, read line by line with bounded
// memory; a [Receiver] is a Source and a Reader as a device.Receiver
// (FILE:hexline, stdin:hex). [Splitter] and [Reporter] serve connections, whose
// lines come in pieces. A [Binary] finds telegrams in a stream of bytes
// (FILE:rawtty).
//
// The Reader and the Binary use no I/O and no clock. The package must never know
// what a telegram says beyond its header, and never quotes a line in an error,
// since the line may hold a key.
package text
