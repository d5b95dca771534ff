// Package amb8465 drives the receivers of Amber, now Würth Elektronik: AMB8465
// and AMB8665 (Metis-II) at 868 MHz, AMB3665 at 169 MHz. Source:
// docs/protocol/dongles.md#amb8465.
//
// They speak FF, command, length, data, XOR of all that (codec.go). Their
// settings are in flash. Only the link mode can be set until the next restart
// (command 04), so nothing else is changed. What should be different in flash
// (frames instead of bare telegrams, RSSI, no sleeping) is reported, and written
// only with AllowFlash (settings.go). A dongle in transparent mode, which sends bare
// telegrams, is read as it is.
//
// Uncertain: whether, in transparent mode, the L-field counts the RSSI byte; the
// driver assumes that it does not. Telegrams that arrive before the first answer to
// Probe are dropped, since it is not known yet whether an RSSI byte follows them.
//
// It must never know what a telegram says beyond its header.
package amb8465
