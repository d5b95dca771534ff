// Package decimal computes with the numbers of meters exactly: no register is rounded
// before it is printed.
package decimal
