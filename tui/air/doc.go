// Package air is the screen of the meters that are on the air and not in the list: a
// neighbour's, or one of the list with a wrong number, or one that the list lacks.
//
// rank.go compares a number that stands on a display with what the meters send; it is
// pure. The others draw the snapshot of the host, and ask its Actions for things.
//
// The package must never know a receiver or a key.
package air
