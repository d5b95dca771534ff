// Package radio is what is known of the receivers' listening: when each was
// away, when one that answers has to be taken for deaf, and which link modes
// take turns on one that hears only some at a time.
//
// It is pure: times are passed in. It must never know a device, a meter list
// or a screen.
package radio
