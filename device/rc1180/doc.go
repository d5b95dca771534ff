// Package rc1180 drives Radiocrafts' wireless M-Bus modules: RC1180-MBUS and
// MBUS3 at 868 MHz, MBUS4 at 169 MHz. Source: docs/protocol/dongles.md#rc1180.
//
// A module sends telegrams bare, L-field and bytes, and is asked and set in a
// configuration mode in which it hears nothing: a zero byte enters it, X leaves
// it, and > says that it waits for a command (codec.go). So it is asked rarely.
// Only the link mode can be set until the next restart (G). RSSI behind
// telegrams and whole telegrams instead of their data are settings in flash:
// they are told, and written (M) with AllowFlash only (settings.go).
//
// What differs by firmware generation is taken from the module's memory: its
// name where it is written there, else the link mode that it is set to; where
// neither tells, only the modes that all generations number alike are offered.
//
// Uncertain: whether > follows X (both are read); where the memory holds what in
// the oldest firmware.
//
// It must never know what a telegram says beyond its header.
package rc1180
