// Package paper is the hand-over document as it is laid out, before it takes a
// form: sections with fields, figures and tables whose texts are in one language,
// and the sheets of the workbook. Packages pdf, html and xlsx draw it.
//
// It must never know how a page, a browser or a workbook is made, and reads no
// clock.
package paper
