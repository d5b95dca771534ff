// Package state folds what happens in a campaign into what is known of each
// meter: how far it got on the verdict chain, its verdict, and what to do next.
// Apply the same events in the same order and you get the same state.
//
//   - event.go is the closed set of events; state.go folds them into rows.
//   - row.go is a row and its chain; answer.go is what its telegrams come to;
//     verdict.go, alarm.go, remark.go, plausible.go and silence.go judge it;
//     explain.go is the evidence; correction.go and action.go are what an installer says of it.
//   - watch.go is what silence.go knows of all rows: who listened, and for how long.
//   - links.go, receivers.go, unlisted.go, signal.go and standing.go are the
//     brokers, the receivers, other meters on the air, signal levels, and the
//     campaign as a whole.
//   - reason.go is why a telegram, a reading or a round failed, in codes;
//     failure.go is the error of a round or a batch, and of an earlier round; snapshot.go is the picture that
//     screens and reports are made of; table.go is the table of verdicts that
//     two states are compared by.
//
// The package is pure: no clock, no I/O, no goroutine. It must never know the
// engine (package collector), a store, a broker or a screen.
package state
