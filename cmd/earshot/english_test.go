package main

import (
	"regexp"
	"strings"
	"testing"
)

// habits are turns that no native speaker writes in a manual, and names that
// are no terms of the field.
var habits = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(goes|going) on\b|\bgo on with\b`),              // continues
	regexp.MustCompile(`(?i)\b(beside|besides|likewise|afresh|anew)\b`),       // next to, also, again
	regexp.MustCompile(`(?i)\bstays so\b|\bof before\b|\blet go\b`),           // remains, earlier, discarded
	regexp.MustCompile(`(?i)\blook(s|ed|ing)? after\b|\bmend(s|ed|ing)?\b`),   // check, correct
	regexp.MustCompile(`(?i)\b(is|are|was|were) told\b|\btells (that|why)\b`), // is reported
	regexp.MustCompile(`(?i)\b(it|that|this) is no [a-z]`),                    // is not a
	regexp.MustCompile(`(?i)\b(telegram|meter|receiver|dongle|row|key|one)s? who\b`),
	regexp.MustCompile(`(?i)\b(stranger|strangers|letter box|desk|bells?)\b`),
}

// TestPagesAndWordsArePlain looks for habits in the pages and in the table of
// messages.
func TestPagesAndWordsArePlain(t *testing.T) {
	t.Parallel()
	for _, name := range append(pages(t), "collector/words/english.go") {
		n := 0
		for line := range strings.Lines(read(t, name)) {
			n++
			for _, habit := range habits {
				if found := habit.FindString(line); found != "" {
					t.Errorf("%s:%d: say %q in plain English", name, n, found)
				}
			}
		}
	}
}
