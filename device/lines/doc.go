// Package lines reads a text source line by line, from a file or standard
// input, for the drivers whose telegrams arrive as text.
//
// Splitter and Teller do the same for connections, whose lines come in pieces
// and may never end; EachPiece reads what is not text at all.
//
// It bounds what a line may hold, names each bad one by file and line, goes on
// after it, and can be stopped while it waits for the next. It must never know
// what a line means: that is the driver's parser.
package lines
