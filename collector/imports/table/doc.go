// Package table reads files into tables of cells as they stand there: text,
// spreadsheets, web pages, key files and archives of them. What the cells mean
// is decided by package imports.
//
// A file is data from outside: its size, its depth and what it unpacks to are
// bounded. A file that cannot be read is a *Refused with a code.
//
// The package must never know a meter, a column's meaning or a sentence.
package table
