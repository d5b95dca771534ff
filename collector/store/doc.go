// Package store keeps what must survive: one SQLite file a site, with the log
// of the campaign, the last reading of each meter and the outbox to the broker.
//
// The log is the record: telegrams, installer's actions, marks of rounds and
// deliveries, in the order in which they were committed. Applied again it
// yields the same verdicts. Nothing in it is ever changed. Times come back in
// UTC, to the nanosecond.
//
// Stored means committed, and committed means that it survives a loss of
// power: the file is in WAL mode and every commit is synced before Commit
// returns. An Item is kept as a whole or not at all: a message is never in the
// outbox without the telegram that it came from in the log. A message leaves the outbox
// in the same transaction in which the log says that it was delivered; one
// that is not delivered is never dropped.
//
// Store.Commit is synchronous. The radio and the screen hand their items to a
// Writer instead, which never blocks them, commits groups of them and counts
// what it had to drop. One Store or Writer in one process writes; any number
// may read at the same time.
//
// The package must never know what a telegram means, what a verdict is, a
// broker, a screen or a key. It reads no clock except to pace the Writer.
package store
