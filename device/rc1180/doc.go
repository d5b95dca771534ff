// Package rc1180 drives Radiocrafts' wireless M-Bus modules: RC1180-MBUS and
// MBUS3 at 868 MHz, MBUS4 at 169 MHz. Source: docs/protocol/dongles.md#rc1180.
//
// A module sends bare telegrams, L-field and bytes. Requests and settings need its
// configuration mode, in which it receives nothing: a zero byte enters it, X leaves
// it, and > says that it waits for a command (codec.go). So requests are rare. Only the
// link mode can be set until the next restart (G). RSSI after telegrams, and whole
// telegrams instead of their data, are settings in flash: they are reported, and
// written (M) only with AllowFlash (settings.go).
//
// The firmware generation is taken from the module's memory: from its name if it is
// there, else from the link mode that is set. If neither shows it, only the modes
// that have the same number in all generations are offered.
//
// Uncertain: whether > follows X (both are accepted); the layout of the memory in the
// oldest firmware.
//
// It must never know what a telegram says beyond its header.
package rc1180
