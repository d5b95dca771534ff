// Package equipment is the screen of receivers, delivery and the log.
//
// Everything that the other screens cut to one line stands here in full: what a
// receiver or a broker said, since when, how often, and what to do about it. The log
// keeps a bounded number of events in words.
//
// The package must never know a driver, the store or a broker: it draws the snapshot
// of its host.
package equipment
