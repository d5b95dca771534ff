// Package embit drives Embit's EMB-WMB868. Source: docs/protocol/dongles.md#embit,
// one source only.
//
// A message is its total length (two bytes, big endian), an id, a payload and a sum
// (codec.go). Nothing marks its beginning. Settings last until the next restart
// unless they are saved, which is done only with AllowFlash: then the module starts
// listening when it is powered on.
//
// Uncertain: whether a received telegram begins with its L-field or with its
// C-field, and whether it still has CRCs; all of these are accepted. The channel
// numbers of 169 MHz modules are not known, so they are not offered.
//
// It must never know what a telegram says beyond its header.
package embit
