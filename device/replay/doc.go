// Package replay plays a recording of the air again, and writes one.
//
// A recording is JSON Lines, one telegram a line, in the order of the air:
//
//	{"time":"2026-03-02T09:15:00.123Z","rssi":-62,"mode":"C1","receiver":"ttyUSB0","hex":"2A442D2C…"}
//
// time is when it was on the air (RFC 3339), rssi is dBm unless "scale":"relative"
// stands beside it, hex is the link layer from the L-field on; link-layer CRCs
// are taken off where a recording has them. All but time and hex may be absent.
//
// Log lines of wmbusmeters (telegram=|1244AE0C…|+12, the seconds since it
// began), lines of rtl_wmbus and bare hex are played too, each recognised by
// itself; where a line has no time, its telegram follows the one before at once.
//
// The gaps between the telegrams are kept, divided by Options.Speed. A frame's
// Time is the clock's at the moment it is played, its AirTime the recorded one,
// and its Receiver the one that plays it.
//
// It must never know what a telegram says beyond its length.
package replay
