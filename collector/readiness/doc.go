// Package readiness judges what laws and good practice ask of remotely readable meters
// from 2027 on: each meter against each rule, with the telegram that shows it. It is
// evidence, not legal advice.
//
//   - rules.go reads the rules, which are data: assets/readiness/rules.json.
//   - check.go and check_content.go are what the rules refer to: a check looks at the
//     evidence of one meter.
//   - judge.go makes the report of all meters and rules.
//
// A result is met, not met, or cannot be judged. A meter that was not heard cannot be
// judged; only if the list says that it has no radio is something not met. What is
// missing accuses a meter only after several complete telegrams without it.
//
// It is pure: codes and parameters, no sentence, no clock, no I/O.
// Source: docs/protocol/readiness.md.
package readiness
