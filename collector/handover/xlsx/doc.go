// Package xlsx writes the hand-over document as a workbook: a sheet for each table,
// with typed cells, a header that stays, and a filter on each column.
//
// The same document gives the same bytes. No cell is a formula: texts are written
// as texts, also those that begin with an equals sign.
//
// It must never know what the document says.
package xlsx
