//go:build unix

package report

import (
	"bufio"
	"strings"
	"testing"

	"earshot/collector/words"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
)

// TestSummaryOnATerminal writes the summary to a terminal of 80 columns.
func TestSummaryOnATerminal(t *testing.T) {
	t.Parallel()
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	final := verdictsOf(t)
	written := make(chan error, 1)
	go func() {
		err := Summary(terminal, words.English, final)
		_, _ = terminal.WriteString("the end\n")
		written <- err
	}()
	lines := bufio.NewScanner(screen)
	table := false
	for lines.Scan() && lines.Text() != "the end" {
		if n := ansi.StringWidth(lines.Text()); n > 80 {
			t.Errorf("%d columns: %s", n, lines.Text())
		}
		table = table || strings.HasPrefix(lines.Text(), "No room in 80 columns")
	}
	if err := <-written; err != nil || !table {
		t.Errorf("%v, the table is fitted: %v", err, table)
	}
	_ = terminal.Close()
}
