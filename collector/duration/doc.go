// Package duration writes and reads durations of seconds up to years, with
// days, which package time does not know. All durations are formatted here
// and nowhere else.
package duration
