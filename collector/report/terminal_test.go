package report

import "testing"

// TestWrap keeps flags whole.
func TestWrap(t *testing.T) {
	t.Parallel()
	if got, want := Wrap("one for all, or one for each --mqtt-user, in order", 20), "one for all, or one\nfor each\n--mqtt-user, in\norder"; got != want {
		t.Errorf("wrapped as %q, not %q", got, want)
	}
}
