// Package devicetest is what every driver has to pass. Run gives a driver of a
// text source the whole suite by one call, RunDongle one of a serial dongle,
// against the emulator of its family (device/dongletest) over a pseudo
// terminal. Sink records what a receiver hands over, for tests of any driver.
//
// It is for tests only and must never be imported by the program.
package devicetest
