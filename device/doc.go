// Package device defines receivers of telegrams and the telegrams they deliver.
//
// All receivers share these interfaces: a [Driver] opens a [Receiver] named by a
// [Spec], and the receiver passes each telegram as a [Frame] to a [Sink]. Each
// receiver family has a package below this one, and device/all lists them.
// device/text finds telegrams in text, device/wmbus decodes telegrams, and
// device/simulate makes them.
//
// It must never know a meter list, a key, a verdict, a store or a screen: a
// receiver passes on everything it receives.
//
// How to add a driver: docs/contributing.md#add-a-receiver.
package device
