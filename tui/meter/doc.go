// Package meter is the screen of one meter: how far it got and what to do, its reading and
// what its display should show, how value and signal changed, its records, and what the
// installer said. What only specialists read, such as the bytes of its telegrams, is shown
// on request.
package meter
