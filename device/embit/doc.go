// Package embit drives Embit's EMB-WMB868. Source: docs/protocol/dongles.md#embit,
// one source only.
//
// A message is a length of all of it (two bytes, big endian), an id, a payload
// and a sum (codec.go). Nothing marks where one begins. What is set is
// forgotten with the next restart, unless it is saved, which is done with
// AllowFlash only: then the module listens by itself when it gets power.
//
// Uncertain: whether a received telegram begins with its L-field or with its
// C-field, and whether CRCs are left in it; all of these are read. The numbers
// of 169 MHz modules are not known, so these are not offered.
//
// It must never know what a telegram says beyond its header.
package embit
