// Package keys finds out what is wrong with the key of a row in a list: given
// telegrams that it does not open, it tries the keys that the mistakes of people and
// spreadsheets would make of it, and says which mistake it was.
//
//   - fault.go is the set of mistakes, candidate.go the keys that each makes of a
//     key, search.go the search and what counts as proof, placeholder.go what is no
//     key but looks like one.
//
// What it says are codes with lines and positions: a Clue never holds a key or a
// digit of one. With the same list a Clue leads to the same key again (Resolve).
//
// The package is pure: no clock, no I/O, no goroutine. It must never know the state
// of a campaign or the engine.
package keys
