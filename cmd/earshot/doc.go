// Command earshot commissions the wireless M-Bus meters of a building.
//
// It parses flags and wires the parts together, nothing more: campaign.go makes
// a collector.Config of the flags, screen.go and headless.go run it, summary.go
// says what came of it, exit.go maps that to exit codes.
package main
