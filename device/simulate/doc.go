// Package simulate is a building full of meters that transmit: for the demo's
// recording, for load tests and for training.
//
// A Building is made from a seed and does not change. It knows its meters, with
// their keys and readings, where they hang, and what the supplier's list says
// of them, mistakes included. Its Telegrams are real ones, encoded and
// encrypted by device/wmbus, and go through a radio: path loss by distance,
// floors and walls, fading, the sensitivity of a dongle, and collisions. Same
// seed, same options: same bytes, whichever part of time is asked for.
//
// The names of manufacturers stand for how such meters behave on the air
// (intervals and layers are those of docs/protocol/field.md#intervals); numbers, keys and
// readings are invented.
//
// It must never know the collector's site, a store or a screen, and only its
// Receiver reads a clock.
package simulate
