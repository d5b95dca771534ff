// Package pdf draws the hand-over document as a PDF of A4 pages.
//
// The pages are laid out first, as texts, lines and areas with their places, so
// that the number of pages is known when the first is drawn. The same document
// gives the same bytes. No character is drawn that the fonts lack: it is replaced
// by one that can be read, or by a question mark.
//
// It must never know what the document says.
package pdf
