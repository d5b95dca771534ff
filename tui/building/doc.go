// Package building is the screen of the expected meters: a table, what it is narrowed to,
// and what to do about the row under the cursor.
//
// row.go makes the texts of a row, without any drawing; draw.go puts them on the screen, in
// the columns of layout.go. list.go is which rows are shown, in which order, and where the
// cursor is.
package building
