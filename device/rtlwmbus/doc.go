// Package rtlwmbus receives the text lines that rtl_wmbus prints, from a file
// (capture.txt:rtlwmbus), from standard input (stdin:rtlwmbus), or by running
// rtl_sdr and rtl_wmbus itself (rtlwmbus, rtlwmbus:s1,t1,c1, rtlwmbus[SERIAL]):
//
//	mode;crc_ok;3of6_ok;timestamp;packet rssi;current rssi;id;0xHEX
//
// as described in docs/protocol/dongles.md#rtl_wmbus. Positive signal levels are those
// of an RTL-SDR, relative and without a unit; negative ones come from bridges
// that print the same line with dBm.
//
// What it runs is one shell command, which Options.Command may replace, in a
// process group of its own. When it ends on its own the receiver is gone, with the
// reason from its standard error. When the receiver is closed or cancelled the whole
// group is ended and waited for (on Windows, which has no groups, the shell and what
// it started, by taskkill).
//
// Lines of telegrams that arrived damaged (crc_ok or 3of6_ok is 0), and the second of
// the two lines that the two bit-recovery algorithms of rtl_wmbus print for one
// telegram, are not trouble: they are skipped and counted (Dropped). It must never know what a telegram says beyond its length.
package rtlwmbus
