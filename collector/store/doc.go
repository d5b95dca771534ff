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
// outbox without the telegram that it came from in the log. A message is
// pending for each broker of UseBrokers on its own; it leaves the outbox in the
// transaction in which the log says that the last of them has it. One that is
// not delivered is never dropped.
//
// The log is divided into campaigns. One that was not ended is taken up again
// by Continue; Begin starts the next one. Their logs stay until Prune.
//
// Store.Commit is synchronous. The radio and the screen hand their items to a
// Writer instead, which never blocks them, commits groups of them and counts
// what it had to drop. One Store or Writer in one process writes, which Acquire
// makes sure of; any number may read at the same time, with OpenReader also
// from other processes.
//
// Where the file cannot be used as it is (Unusable), OpenInMemory is a store
// that works the same and keeps nothing.
//
// The package must never know what a telegram means, what a verdict is, a
// broker, a screen or a key. It reads no clock except to pace the Writer.
package store
