// Package site is what is expected in a building: its meters, their places
// and keys. Package imports reads them from lists.
//
// Keys are of one type, Key, that no format, encoder or log handler can print.
//
// The package must never know a radio, a telegram, a verdict or a screen.
package site
