// Package telegramtext reads telegrams out of text as other programs write it,
// whatever brings the text: a file, a connection, a message of MQTT.
//
// One line, or the payload of one message, is one of these
// (docs/protocol/text.md#lines); a [Decoder] tells them apart by themselves:
//
//	1244AE0C…                         hex, with or without link-layer CRCs; | _ and spaces between digits, 0x before them
//	telegram=|1244AE0C…|+12           a log line of wmbusmeters; +12 are seconds since the recording began
//	T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x1244AE0C…    rtl_wmbus, and bridges that print like it
//	{"mode":"T","rssi":-71,"frame":"1244AE0C…"}    JSON whose member hex, frame, telegram, raw, payload or data is one of the above
//
// JSON may also have time (RFC 3339), mode, rssi (dBm unless "scale" is
// "relative"), and receiver: so the lines of device/replay are read too.
//
// It is pure: it does no I/O, reads no clock, and must never know what a
// telegram says beyond its length and checksums.
package telegramtext
