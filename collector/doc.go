// Package collector commissions the meters of one building: it hands what the
// receivers hear to a read for each expected meter, judges what came of it,
// and passes it on to the store, the broker and the screen.
//
// # Parts
//
//   - campaign.go starts and ends everything; round.go and read.go are the
//     structured scope of the reads; dispatch.go brings frames to them.
//   - collect.go repeats rounds for slow meters; pulse.go is what a watchdog asks:
//     whether every loop comes by.
//   - examine.go makes events and a reading of one frame; diagnose.go finds
//     out why a key or an ID does not fit; correct.go has the installer
//     say so, action.go is what else an installer does.
//   - event.go is the closed set of what can happen; state.go folds events
//     into rows; verdict.go is the one place that knows what a verdict is
//     and how it is said; earlier.go keeps what was wrong before.
//   - receive.go turns what collector/receivers reports into events.
//   - board.go is the seam to the screen; journal.go brings what the board is
//     told to the log in the same order, marks.go says how it is written there.
//   - session.go begins a campaign or takes the unfinished one up; replay.go
//     applies a log again, verify.go compares the verdicts.
//
// # One order
//
// An event changes the state and goes into the log at the same moment, under
// the lock of the Board, and telegrams are looked into one after the other in
// that order. So the log of a campaign, applied again with the same list,
// gives the same verdicts, byte for byte: that is how a campaign is resumed and
// a report is checked. A new event that a verdict depends on has to be written
// and read by marks.go; replay_test.go finds out when it is not. The log holds
// no keys: whoever applies it needs the list.
//
// What is shown as stored is committed: Stored comes after the commit. While
// the store fails the round goes on in memory, State.Store says so until a
// commit works again, and what found no room by then is counted. Where the file
// cannot be used from the start (unkept.go) the store is one in memory: State.Store
// says so to the end, nothing is called stored, and brokers get what they can.
//
// # What may be dropped, and what may not
//
// A receiver never waits. Where a queue is full the loss is counted and shown
// (State.Drops):
//
//   - the mailbox of a meter holds a few frames; the oldest goes out, is
//     logged undecoded and counted;
//   - the store's queue is bounded; what does not fit is counted and told as
//     lost;
//   - the screen is woken by a latch and takes a Snapshot when it can: any
//     number of events become one wake-up. The events that a Snapshot carries
//     are a bounded window; how many fell out of it is said in the Snapshot.
//
// Readings on their way to the broker are never dropped: they are in the
// store's outbox until the broker has acknowledged them.
//
// The collector must never know a screen, a command line or a vendor's dongle
// protocol.
package collector
