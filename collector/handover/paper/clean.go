package paper

import (
	"strings"

	"earshot/device/printable"
)

// Clean makes a text that shows nothing but itself: without control characters,
// direction marks and what nobody sees. Its lines and its blanks at which no line
// ends remain.
func Clean(s string) string {
	parts := strings.Split(s, "\n")
	for i, line := range parts {
		words := strings.Split(line, noBreak)
		for j, word := range words {
			words[j] = printable.Text(word)
		}
		parts[i] = strings.Join(words, noBreak)
	}
	return strings.Join(parts, "\n")
}
