// Package amb8465 drives the receivers of Amber, now Würth Elektronik: AMB8465
// and AMB8665 (Metis-II) at 868 MHz, AMB3665 at 169 MHz. Source:
// docs/protocol/dongles.md#amb8465.
//
// They speak FF, command, length, data, XOR of all that (codec.go). Their
// settings live in flash; only the link mode can be set until the next restart
// (command 04), so that is all that is changed. What else would be better in
// flash — frames instead of bare telegrams, RSSI, no sleeping — is told, and
// written with AllowFlash only (settings.go). A dongle in transparent mode,
// which sends telegrams bare, is read as it is.
//
// Uncertain: whether, in transparent mode, the L-field counts the RSSI byte; it
// is taken not to. Telegrams that arrive before the first answer to Probe are
// left out, because it is not known yet whether RSSI is behind them.
//
// It must never know what a telegram says beyond its header.
package amb8465
