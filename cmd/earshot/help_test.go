package main

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
)

// TestHelpFits folds the help for a terminal of 80 columns.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	const width = 80
	root := newRoot(streams{})
	fold(root, width)
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		if strings.Contains(cmd.Long, "\n") {
			t.Errorf("%s: its long text has lines of its own", cmd.CommandPath())
		}
		const margins = 9 // of the block that examples stand in
		for example := range strings.Lines(cmd.Example) {
			if n := ansi.StringWidth(strings.TrimSpace(example)); n > width-margins && cmd.Name() != "decode" {
				t.Errorf("%s: an example of %d columns is cut: %s", cmd.CommandPath(), n, example)
			}
		}
		for _, sub := range cmd.Commands() {
			for line := range strings.Lines(sub.Short) {
				if len([]rune(line)) > 26 && cmd == root {
					t.Errorf("%s: %q does not fit", sub.CommandPath(), line)
				}
			}
			check(sub)
		}
	}
	check(root)
}
