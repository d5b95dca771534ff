package words

import (
	"strings"
	"testing"

	"earshot/collector/imports/finding"
)

// TestEveryFindingHasWords: every code has a sentence, and every sentence a code.
func TestEveryFindingHasWords(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{"import.more": true}
	for _, code := range finding.Codes() {
		text := English.Finding(finding.Finding{Code: code, Count: 2})
		if strings.HasPrefix(text, "import.") || strings.Contains(text, "{{") {
			t.Errorf("%s has no sentence: %q", code, text)
		}
		codes["import."+string(code)] = true
	}
	for _, name := range namesOf(t, "en")["imports"] {
		if !codes[name] {
			t.Errorf("no code says %s", name)
		}
	}
}
