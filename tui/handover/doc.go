// Package handover is the screen of the hand-over protocol: in short what would be
// handed over now, and a key that writes it.
package handover
