// Package device is the other side of the air: what receives telegrams, and
// what a telegram is.
//
// It fixes the seam that all receivers share: a [Driver] opens a [Receiver] as
// a [Spec] names it, the receiver hands each telegram as a [Frame] to a [Sink].
// One package a receiver family lives below it; device/all lists them;
// device/lines is what the text sources among them share; device/wmbus takes
// telegrams apart; device/simulate makes them.
//
// It must never know a meter list, a key, a verdict, a store or a screen: a
// receiver hands over everything it hears.
//
// # Add a dongle
//
//  1. Make device/<driver>/ with a doc.go that says what the dongle is and
//     where its protocol is written down. device/im871a is an example of a
//     serial dongle, device/hexline the smallest one of a text source.
//  2. Write the decoder as a pure function: it resyncs on noise, bounds every
//     length it reads, turns its signal byte into dBm. Give it a fuzz target
//     with real byte vectors as seeds.
//  3. A serial dongle says the rest as a dongle.Family and dongle.Protocol
//     (who is there, link modes, sign of life, restart); device/dongle does
//     what all have in common. Other sources write the [Receiver] themselves:
//     Receive waits for every goroutine it starts, Close unblocks it. Lost
//     devices are [ErrGone], settings that cannot be had [ErrUnsupported], bad
//     names [ErrBadSpec].
//  4. Export Driver() device.Driver (name as wmbusmeters users write it, one
//     line about it, Open) and add it to the list in device/all/all.go; the
//     order of the dongles there is the order in which an unknown port is asked.
//  5. Write its emulator in device/dongletest from the document, not from the
//     driver, and call devicetest.RunDongle (or devicetest.Run for a text
//     source) in its test: the whole suite in one call.
package device
