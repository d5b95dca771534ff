// Package storetest has what tests of a failing store need: a small disk that can
// be filled.
//
// It is for tests only; nothing that is shipped may import it.
package storetest
