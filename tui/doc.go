// Package tui is the screen: a picture of a collector.Snapshot, and keys that
// request actions.
//
// # Parts
//
//   - config.go is what the screen is given: a Source of snapshots, Actions
//     to ask for, a clock.
//   - run.go owns the terminal: it starts the Bubble Tea program, wakes it when
//     the source has changed, and leaves the terminal clean however it ends;
//     guard.go reports a panic of any guarded goroutine to it.
//   - model.go, update.go and keys.go are the one Bubble Tea model; a key is a
//     line in the table of keys.go.
//   - row.go makes the texts of a row, without any drawing; draw.go puts
//     them on the screen, in the columns of layout.go and the signs and
//     styles of look.go.
//   - list.go, detail.go, unlisted.go and helppage.go are the pages.
//
// # What a screen may not do
//
// A slow or frozen screen stops nothing but itself: the source never waits
// for it. Any number of changes between two wake-ups become one snapshot.
// Text from the air, a file or the network goes through look.text before it
// is drawn.
//
// The package must never know a command line, the store, the broker, a
// receiver's driver, or how a verdict is made.
package tui
