// Package text reads telegrams out of text, whatever brings the text: what a
// person pastes, a file, standard input, a connection, a message of MQTT.
//
// A [Reader] takes lines and finds the telegrams in them: hex in any dress,
// log lines of other programs, JSON, base64, raw radio symbols
// (docs/protocol/text.md). What counts as a telegram is one rule, in
// candidate.go: the L-field fits, the C-field is known, the header is
// plausible; a reading whose checksums are right comes first. Lines without a
// telegram are counted. Broken telegrams are complaints with their line.
//
// A [Source] is a file or standard input, read line by line with bounded
// memory; a [Receiver] is a Source and a Reader as a device.Receiver
// (FILE:hexline, stdin:hex). [Splitter] and [Teller] serve connections, whose
// lines come in pieces. A [Binary] finds telegrams in a stream of bytes
// (FILE:rawtty).
//
// The Reader and the Binary are pure: no I/O, no clock. The package never
// knows what a telegram says beyond its header, and never repeats what it read
// in a complaint, since a key may stand in the line.
package text
