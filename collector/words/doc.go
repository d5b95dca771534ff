// Package words says in sentences what package state has in codes: verdicts,
// alarms, advice, reasons and events. Nothing else words them: screen,
// printed output, JSON and reports use what it says.
//
//   - english.go is the table of messages, by their names; placeholders are
//     {{.Name}}. Another language is another table.
//   - printer.go finds a message and fills it in; verdict.go, step.go, reason.go
//     and event.go choose which.
//
// To change a sentence, change it in the table. The log holds codes, so that
// verdicts of older stores stay the same. A new code needs a message here:
// TestEveryCodeHasWords names those that are missing.
//
// The package must never know the engine, a store, a broker or a screen.
package words
