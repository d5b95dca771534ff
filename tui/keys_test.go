package tui

import (
	"strings"
	"testing"

	"earshot/tui/screen"
)

// TestBindingsAreComplete holds the bindings: each is explained, no key means two things on
// one screen, every screen can be left, and every screen's own key is in its footer or help.
func TestBindingsAreComplete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, len(cast))
	for name, s := range w.m.screens {
		if s == nil {
			continue
		}
		complete(t, rooms[name].name, w.m.keysOf(screen.Name(name)))
	}
	w.press("n")
	complete(t, "prompt", w.m.keys())
	w.press("esc")
	w.press("/")
	complete(t, "search", w.m.keys())
}

func complete(t *testing.T, place string, keys []screen.Binding) {
	t.Helper()
	seen := map[string]string{}
	for _, b := range keys {
		for _, k := range b.Keys {
			if other, twice := seen[k]; twice {
				t.Errorf("%s: %s is both %q and %q", place, k, other, b.Help)
			}
			seen[k] = b.Help
		}
		if b.Help == "" || b.Do == nil {
			t.Errorf("%s: %v lacks a help text or an action", place, b.Keys)
		}
		if b.Rank > screen.LastRank || (b.Rank > 0) != (b.Short != "") {
			t.Errorf("%s: %v: rank %d with the footer word %q", place, b.Keys, b.Rank, b.Short)
		}
	}
	if seen["ctrl+c"] == "" {
		t.Errorf("%s cannot be left by ctrl+c", place)
	}
}

func TestKeyTable(t *testing.T) {
	t.Parallel()
	table := KeyTable()
	for _, want := range []string{
		"| where | key | what it does |",
		"| Everywhere | `pgdown` or `space` | a page down |",
		"| In the list | `R` | read all that are left again |",
		"| In the details of a meter | `right` | the details of the next meter |",
		"| While typing | `esc` | discard what was typed |",
	} {
		if strings.Count(table, want+"\n") != 1 {
			t.Errorf("the table has not exactly one line %q:\n%s", want, table)
		}
	}
}
