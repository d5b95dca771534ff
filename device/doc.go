// Package device is the other side of the air: what receives telegrams, and
// what a telegram is.
//
// It fixes the seam that all receivers share: a [Driver] opens a [Receiver] as
// a [Spec] names it, the receiver hands each telegram as a [Frame] to a [Sink].
// One package a receiver family lives below it; device/all lists them;
// device/text finds telegrams in text; device/wmbus takes telegrams apart;
// device/simulate makes them.
//
// It must never know a meter list, a key, a verdict, a store or a screen: a
// receiver hands over everything it hears.
//
// How to add a driver: docs/contributing.md#add-a-receiver.
package device
