// Package report writes everything that is printed or exported: tables and
// sentences for people, JSON for programs, exports for spreadsheets. It gets
// what happened as a state.Snapshot, events or findings, and writes it to an
// io.Writer; it decides no verdict and no exit code.
//
// Printer prints a campaign while it runs, BatchPrinter several. Text from
// outside passes Plain before it is written to a terminal.
package report
