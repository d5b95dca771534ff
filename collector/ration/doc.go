// Package ration decides which of many similar messages are shown, so that a part
// that fails a thousand times a second neither floods a log nor falls silent: the
// first few of a kind at once, then one after each of growing pauses, with the
// number of those in between.
//
// It must never know what the messages are about, or print them.
package ration
