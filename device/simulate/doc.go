// Package simulate simulates a building full of meters that transmit, for the demo's
// recording, for load tests and for training.
//
// A Building is made from a seed and does not change. It has meters with keys,
// readings and places, and the supplier's list of them, mistakes included. Its
// Telegrams are encoded and encrypted by device/wmbus and go through a simulated
// radio: path loss by distance, floors and walls, fading, the sensitivity of a
// dongle, and collisions. The same seed and options give the same bytes, whatever
// window of time is asked for.
//
// Manufacturers' meters are simulated as they behave on the air (intervals and
// layers are those of docs/protocol/field.md#intervals). Numbers, keys and readings are
// invented.
//
// It must never know the collector's site, a store or a screen, and only its
// Receiver reads a clock.
package simulate
