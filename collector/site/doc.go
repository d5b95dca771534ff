// Package site is what is expected in a building: its meters, their places
// and keys; and it reads the lists of suppliers and installers.
//
// A list is data from outside: whatever it holds, reading it gives meters,
// warnings, or an error that names the line and says what to do. Keys are of
// one type, Key, that no format, encoder or log handler can print; no error
// text and no warning ever holds a cell that may be one.
//
// The package must never know a radio, a telegram, a verdict or a screen.
package site
