// Package wait is waiting that a context can end, and the back-off between
// attempts. Both are a few lines that the whole program shares. Libraries for
// retries (such as cenkalti/backoff) own the loop and its clock; here the pause is
// asked for by loops that also answer pings, serve autopaho's callback, or only
// compare it with a silence, so a pure function serves them all.
//
// It must never know what is waited for.
package wait
