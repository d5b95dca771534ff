// Command earshot commissions the wireless M-Bus meters of a building.
//
// It parses flags and wires the parts together, nothing more: run.go makes a
// collector.Config of the flags, campaign.go runs it with or without a
// screen, exit.go maps the result to exit codes. Package report makes what is
// printed.
package main
