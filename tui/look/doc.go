// Package look draws text on a terminal: styles by meaning, the signs of an alphabet,
// lines that never get wider than their columns, and pages of such lines.
//
// Text from outside goes through Look.Text before it is put on a Line; Page does that
// itself. The package knows no screen, no keys and no state of a campaign beyond the
// values that it draws: marks, signals, chains and reads.
package look
