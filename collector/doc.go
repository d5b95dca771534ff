// Package collector is the engine that commissions the meters of one
// building: it passes telegrams from the receivers to a read for each
// expected meter, folds the results into the state, and passes them on to the
// store, the brokers and the screen.
//
// # Parts
//
//   - campaign.go starts and ends everything; round.go and read.go are the
//     structured scope of the reads; dispatch.go brings frames to them.
//   - collect.go repeats rounds for slow meters; pulse.go answers a watchdog.
//   - step.go takes one frame into the state, live or from a log; examine.go
//     makes events and a reading of it; diagnose.go finds out why a key or an ID
//     does not fit; correct.go assigns an unlisted meter to a row.
//   - receive.go turns what collector/receivers reports into events; brokers.go
//     does so for the uploads.
//   - board.go is the seam to the screen; journal.go writes what is posted to the
//     log, in the same order; marks.go is the form of an event in the log.
//   - session.go begins a campaign or resumes the unfinished one; replay.go
//     applies a log again; verify.go compares the verdicts.
//
// What a verdict is, and what follows from events, is collector/state; what
// one telegram says is collector/reading; sentences are collector/words.
//
// # One order
//
// An event changes the state and is logged at the same moment, under the lock
// of the Board, and telegrams are examined one after the other in that order.
// So replaying the log of a campaign with the same list gives the same
// verdicts, byte for byte: that is how a campaign is resumed and a report is
// checked. A new event that a verdict depends on has to be written and read
// by marks.go; replay_test.go fails if it is not. The log holds codes, no
// sentences, and no keys: to apply it you need the list.
//
// What is shown as stored is committed: Stored comes after the commit. While
// the store fails the round continues in memory. State.Store says so until a
// commit works again, and items that did not fit are counted. If the file
// cannot be used from the start (unkept.go), the store is one in memory:
// State.Store says so to the end, nothing is called stored, and brokers get
// readings as usual.
//
// # What may be dropped, and what may not
//
// A receiver never waits. If a queue is full, the loss is counted and shown
// (State.Drops):
//
//   - the mailbox of a meter holds a few frames; the oldest goes out, is
//     logged undecoded and counted;
//   - the store's queue is bounded; what does not fit is counted and shown as
//     lost;
//   - the screen is woken by a latch and takes a Snapshot when it can: any
//     number of events become one wake-up. The events that a Snapshot carries
//     are a bounded window; the Snapshot says how many fell out of it.
//
// Readings for a broker are never dropped: they are in the store's outbox
// until the broker has acknowledged them.
//
// The collector must never know a screen, a command line or a vendor's dongle
// protocol.
package collector
