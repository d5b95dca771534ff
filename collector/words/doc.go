// Package words says in sentences what package state has in codes, and all other
// texts for people, in the languages of earshot: verdicts, alarms, advice, reasons,
// events, and what screens and reports say. JSON, CSV and logs use English.
//
//   - assets/languages holds the messages by their names, a TOML file for each
//     subject and language; parameters are {{.Name}}.
//   - language.go chooses the language, table.go reads its files, say.go fills in a
//     message, format.go writes numbers and times.
//   - verdict.go, step.go, reason.go, silence.go and event.go choose the messages of
//     codes; screens and reports name theirs with Say.
//
// A Language is handed in: there is no language of the process. The log holds codes,
// so that verdicts of older stores stay the same. A new code needs a message:
// TestEveryCodeHasWords names those that are missing, and TestLanguagesAreComplete
// what a translation misses.
//
// The package must never know the engine, a store, a broker or a screen.
package words
