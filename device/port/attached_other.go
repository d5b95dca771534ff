//go:build !linux

package port

// Attached is nil: only serial ports are listed here.
func Attached() []USB { return nil }

func brlttyRuns() bool { return false }
