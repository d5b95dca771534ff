// Package record keeps what receivers hear as a file that device/replay plays
// again: JSON Lines, one telegram a line.
//
// A [File] is synchronised to the disk once a second, and may be cut off at any
// moment: at most its last second is lost, a half line at its end is passed over
// by replay, and the next recording appended to it begins on a line of its own.
// A file that is there is never overwritten. A [Recorder] is the device.Sink
// before it, at which no receiver waits.
//
// It must never know a meter list, a store or a screen.
package record
