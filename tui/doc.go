// Package tui is the terminal program: it routes keys and snapshots to the screens, and
// draws the one that is shown.
//
// # Parts
//
//   - config.go is what the program is given: a Source of snapshots, Actions
//     to ask for, a clock.
//   - run.go owns the terminal: it starts the Bubble Tea program, wakes it when
//     the source has changed, and leaves the terminal clean however it ends;
//     guard.go reports a panic of any guarded goroutine to it.
//   - model.go and update.go are the one Bubble Tea model; keys.go has the keys
//     that work everywhere.
//   - screens.go makes the screens, with their keys and headings, and goes from one
//     to another. Each has its own package below this one.
//   - tui/screen is what screens share: their interface, the Host, keys and prompts;
//     tui/look draws text.
//
// # What a screen may not do
//
// A slow or frozen screen stops nothing but itself: the source never waits
// for it. Any number of changes between two wake-ups become one snapshot.
// Text from the air, a file or the network goes through look.Text before it
// is drawn.
//
// The package must never know a command line, the store, the broker, a
// receiver's driver, or how a verdict is made.
package tui
