// Package html writes the hand-over document as one HTML file: it needs no other
// file and no network, is printed well, and follows the reader's light or dark
// colours. It has no scripts.
//
// It must never know what the document says.
package html
