// Package hexline receives telegrams written as hex text, one a line: from a
// file (telegrams.txt:hexline) or from standard input (stdin:hex).
//
// Spaces, | and _ may stand between the digits, a leading telegram= and a
// trailing |+SECONDS (as wmbusmeters logs and simulations have them) and # comments
// are passed over, and the link-layer CRCs may be there or not.
//
// Lines are handed over as fast as they can be read. It must never know what a
// telegram says beyond its length and checksums.
package hexline
