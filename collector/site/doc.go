// Package site knows what is expected in a building: its meters, where they
// hang, and their keys; and it reads the lists in which suppliers and
// installers write that down.
//
// A list is data from outside: whatever it holds, reading it ends with meters,
// with a warning or with an error that names the line and says what to do.
// Keys are of one type, Key, that no format, encoder or log handler can print;
// no error text and no warning ever holds a cell that may be one.
//
// The package must never know a radio, a telegram, a verdict or a screen.
package site
