// Package raw receives telegrams as a stream of bytes: each is its L-field and
// as many bytes as that says, without link-layer CRCs, back to back, with
// nothing between them (rawtty of wmbusmeters, SIMPLE of ioBroker;
// docs/protocol/text.md#raw-bytes).
//
// Such a stream has neither marks nor checksums. [Decoder] is the rule by which
// the beginning of a telegram is found: a length that a telegram can have, a
// C-field that meters send, a manufacturer code of letters; and, where the place
// in the stream is not known, that another telegram follows. It is pure; files,
// standard input (FILE:rawtty, stdin:rawtty), TCP and serial ports feed it.
//
// It must never know what a telegram says beyond its header.
package raw
