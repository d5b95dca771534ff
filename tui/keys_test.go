package tui

import (
	"strings"
	"testing"
)

// TestBindingsAreComplete holds the table of keys: each is explained once, no
// key means two things at one place, and every page can be left.
func TestBindingsAreComplete(t *testing.T) {
	t.Parallel()
	keys := newBindings()
	for _, place := range []places{onList, onDetail, onUnlisted, onHelp, onPrompt} {
		seen := map[string]string{}
		for _, b := range keys {
			if !b.on.has(place) {
				continue
			}
			for _, k := range b.keys {
				if other, twice := seen[k]; twice {
					t.Errorf("%s is both %q and %q at place %d", k, other, b.help, place)
				}
				seen[k] = b.help
			}
		}
		if seen["ctrl+c"] == "" {
			t.Errorf("place %d cannot be left by ctrl+c", place)
		}
	}
	for _, b := range keys {
		if b.help == "" || b.do == nil || b.on == 0 {
			t.Errorf("%v lacks a help text, an action or a place", b.keys)
		}
		if b.rank > lastRank || (b.rank > 0) != (b.short != "") {
			t.Errorf("%v: rank %d with the footer word %q", b.keys, b.rank, b.short)
		}
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
