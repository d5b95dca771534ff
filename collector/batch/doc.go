// Package batch commissions several sites in one call, with shared receivers.
//
// Each site is a campaign of its own, with its own list, store and
// deliveries; package share passes each telegram to the site that expects it.
// A bounded number of sites runs at once; telegrams of waiting sites are
// kept. A failure of one site, such as an unreadable list, a store in use, or
// a panic, does not affect the others, and is reported in [state.Failures],
// by site and kind.
//
// It must never know a screen, a command line or a vendor's dongle protocol.
package batch
