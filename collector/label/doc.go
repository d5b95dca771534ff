// Package label reads the numbers of meters from what stands on their labels: as
// printed, typed, or sent by a scanner of barcodes and QR codes. It is pure.
//
// It never makes up digits; what a text may mean are candidates, which a list decides
// between. It must never know a list or a screen.
package label
