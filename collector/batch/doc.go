// Package batch commissions several sites in one call, with shared receivers.
//
// Each site is a campaign of its own, with its own list, store and deliveries;
// share brings each telegram to the site that expects it. A bounded number of
// sites runs at once; the telegrams of those that wait are kept. Whatever
// becomes of one site, be it an unreadable list, a store that is in use, or a
// panic, leaves the others alone, and ends up in [state.Failures], by site and kind.
//
// It must never know a screen, a command line or a vendor's dongle protocol.
package batch
