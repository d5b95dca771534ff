// Package wait has a sleep that a context can end, and the back-off between
// attempts, for the whole program. Libraries for retries (such as
// cenkalti/backoff) own the loop and its clock. The loops here also answer pings,
// serve autopaho's callback, or compare the pause with a silence, so a pure
// function serves them all.
//
// It must never know what its callers wait for.
package wait
