// Package handovertest makes documents for the tests of what draws, seals and
// compares them. Only tests may use it.
package handovertest
