// Package finding is what is said about a list while it is read: repairs,
// refusals and notices, as codes with parameters and a place. Sentences are
// made of them by package words.
//
// It must never know a file, a format or a sentence. No finding holds a key or
// a cell that may be one.
package finding
