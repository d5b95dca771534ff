// Package plot draws how a value changed over time, in characters: dots of braille, blocks
// that fonts of the Linux console have, or ASCII. It is pure, and knows neither styles nor
// what the values are.
package plot
