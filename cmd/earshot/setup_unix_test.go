//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestSetUp: earshot without a command, in a folder with a workbook: the list is found,
// its campaign starts without receivers and network, and is resumed by the next start.
func TestSetUp(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	dir := t.TempDir()
	book := excelize.NewFile()
	for i, row := range [][]any{{"Målernummer", "Fabrikat", "Placering"}, {"12345678", "KAM", "A 1 tv"}, {"12345679", "KAM", "A 2 th"}, {"x", "KAM", ""}} {
		if err := book.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SaveAs(filepath.Join(dir, "Nørregade 7.xlsx")); err != nil {
		t.Fatal(err)
	}
	bare := func() *window {
		cmd := exec.CommandContext(c.ctx, c.program().Path)
		cmd.Args = []string{"earshot"}
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "SSH_CONNECTION=", "TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL=", "NO_COLOR=",
			"HOME="+dir, "XDG_STATE_HOME="+filepath.Join(dir, ".state"), "XDG_DATA_HOME="+filepath.Join(dir, ".data"))
		return c.window(cmd)
	}
	w := bare()
	w.until("no list yet")
	w.press("\r")
	w.until("Nørregade 7.xlsx")
	w.press("/")
	w.until("a part of the name")
	w.press("regade\r")
	w.until("2 meters, 0 with a key")
	w.until("1 row cannot be used")
	w.press("g")
	w.until("round 1")
	w.press("n")
	w.until("note for")
	w.press("behind the boiler\r")
	w.until("note saved")
	w.press("q")
	if err := w.cmd.Wait(); w.cmd.ProcessState.ExitCode() != exitNotPassed {
		t.Errorf("it ended with %v", err)
	}
	<-w.ended
	if text, err := os.ReadFile(filepath.Join(dir, ".state", "earshot", "sites.json")); err != nil || !strings.Contains(string(text), "Nørregade 7.xlsx") {
		t.Errorf("remembered: %s, %v", text, err)
	}

	w = bare()
	w.until("resume the one of")
	w.press("g")
	w.until("behind the boiler")
	w.press("q")
	_ = w.cmd.Wait()
}
