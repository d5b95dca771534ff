// Package replay plays back recordings of telegrams, and writes them.
//
// A recording is JSON Lines, one telegram per line, in the order received:
//
//	{"time":"2026-03-02T09:15:00.123Z","rssi":-62,"mode":"C1","receiver":"ttyUSB0","hex":"2A442D2C…"}
//
// time is when it was on the air (RFC 3339), rssi is in dBm unless "scale" is
// "relative", hex is the link layer from the L-field on. Link-layer CRCs are removed
// if a recording has them. All members but time and hex are optional.
//
// Log lines of wmbusmeters (telegram=|1244AE0C…|+12, the seconds since it
// began), lines of rtl_wmbus and bare hex are played too. The format of each line is
// detected. If a line has no time, its telegram follows the previous one at once.
//
// The gaps between the telegrams are kept, divided by Options.Speed. A frame's Time
// is the clock's when it is played, its AirTime the recorded time, and its Receiver
// the one that plays it.
//
// It must never know what a telegram says beyond its length.
package replay
