// Package devicetest is what every driver has to pass. Run gives a driver of a
// text source the whole suite by one call, RunDongle one of a serial dongle,
// against the emulator of its family (device/dongletest), over a port in memory
// and a pseudo terminal. What tests of single drivers share is here too: Sink
// and Listening record what a receiver delivers, Script is a port that answers
// as told, and there are telegrams to send.
//
// It is for tests only and must never be imported by the program.
package devicetest
