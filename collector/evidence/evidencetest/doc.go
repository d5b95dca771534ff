// Package evidencetest makes campaigns whose truth is known: meters of which a test says
// what they send, heard in a real campaign with a store, which is then replayed with
// its evidence. Only tests may use it.
package evidencetest
