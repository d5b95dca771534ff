// Package store keeps what must survive: one SQLite file per site, with the
// log of the campaign, the last reading of each meter and the outbox to the
// broker.
//
// The log is the record: telegrams, installer's actions, marks of rounds and
// deliveries, in the order in which they were committed. Replaying it gives
// the same verdicts. Entries are never changed. Times come back in UTC, to
// the nanosecond.
//
// Stored means committed, and committed means that it survives a loss of
// power: the file is in WAL mode and every commit is synced before Commit
// returns. An Item is stored as a whole or not at all: a message is never in
// the outbox unless the log has its telegram. A message is pending for each
// broker of UseBrokers separately; it leaves the outbox in the transaction
// that logs the last of these deliveries. A message that is not delivered is
// never dropped.
//
// The log is divided into campaigns. Continue resumes one that was not ended;
// Begin starts the next one. Prune removes their logs.
//
// Store.Commit is synchronous. The radio and the screen pass their items to a
// Writer instead, which never blocks them, commits them in groups and counts
// what it drops. Acquire ensures that only one Store or Writer in one process
// writes; any number may read at the same time, with OpenReader also from
// other processes.
//
// If the file cannot be used (Unusable), OpenInMemory is a store that works
// the same but keeps nothing.
//
// The package must never know what a telegram means, what a verdict is, a
// broker, a screen or a key. It reads no clock except to pace the Writer.
package store
