// Package silence says when a meter should have been heard: how families of meters
// transmit, what telegrams teach about the rhythm of one meter, how long receivers
// listened, and what follows from that for a meter that was not heard.
//
//   - profile.go reads assets/profiles: interval, radio hours, what wakes a meter.
//   - calendar.go is when a meter's radio is on.
//   - rhythm.go learns interval and loss from arrival times and access numbers.
//   - hours.go keeps when receivers listened.
//   - forecast.go is the chance that a meter should have been heard by now, and
//     the earliest sensible moment to give up.
//
// The package is pure: no clock, no I/O, and whole numbers only, so that the same
// log gives the same results on every machine. It must never know a row, a verdict
// or a sentence.
package silence
