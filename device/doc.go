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
//     where its protocol is written down. device/hexline is the smallest
//     example of a text source.
//  2. Write the decoder as a pure function from bytes to [Frame]: it resyncs on
//     noise, bounds every length it reads, turns its signal byte into dBm, and
//     says what is wrong in one sentence. Give it a fuzz target with real
//     byte vectors as seeds.
//  3. Write the [Receiver] around it: Receive waits for every goroutine it
//     starts, Close unblocks it. Lost devices are [ErrGone], settings the
//     dongle cannot have are [ErrUnsupported], bad names [ErrBadSpec].
//  4. Export Driver() device.Driver (name as wmbusmeters users write it, one
//     line about it, Open) and add it to the list in device/all/all.go.
//  5. Call devicetest.Run in its test with a way to feed it: open, receive to
//     the end, noise, a half frame, cancel at any point, close twice, nothing
//     left running.
package device
