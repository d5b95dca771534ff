// Package printable decides what may be shown: text from the air, files, the
// network and the command line never reaches a terminal with characters that it
// obeys, or that nobody sees. Everything that is printed uses these functions;
// Writer is the last one before the terminal.
//
// It must never know what a text means.
package printable
