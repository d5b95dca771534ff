// Package trace holds short histories of bounded size: the last signals, how often
// each signal came, messages, gaps.
//
// Each type is a value: a copy does not change when the original changes, so that a
// snapshot may share it. The package is pure; it must never know where its values
// come from.
package trace
