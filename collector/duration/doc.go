// Package duration writes and reads durations of seconds up to years, with days,
// which package time does not know. How long something takes or took is written
// here and nowhere else.
package duration
