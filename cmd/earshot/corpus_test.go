//go:build corpus

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var corpusFile = flag.String("corpus", "", "real telegrams as JSON Lines, each with its ID, Key and Hex")

// corpus reads the real telegrams, which are kept outside the project.
func corpus(t *testing.T) (cases []struct{ ID, Key, Hex string }) {
	t.Helper()
	f, err := os.Open(*corpusFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c struct{ ID, Key, Hex string }
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if len(cases) < 100 {
		t.Fatalf("%d telegrams in the corpus", len(cases))
	}
	return cases
}

// TestRealTelegrams commissions the meters of the corpus: each is heard, an
// altered key is a wrong key, and an ID that never comes times out.
func TestRealTelegrams(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var list, telegrams bytes.Buffer
	list.WriteString("id,key\n99999999,\n")
	keys, altered := map[string]string{}, ""
	for _, c := range corpus(t) {
		telegrams.WriteString(c.Hex + "\n")
		if _, known := keys[c.ID]; known {
			continue
		}
		key := c.Key
		// CFG 0520 or so at its place in a short header: surely mode 5.
		if altered == "" && len(key) == 32 && strings.Contains(c.Hex[20:22], "7A") && c.Hex[29:30] == "5" {
			altered = c.ID
			key = "0F" + key[2:]
		}
		keys[c.ID] = key
		list.WriteString(c.ID + "," + key + "\n")
	}
	if altered == "" {
		t.Fatal("no telegram to alter the key of")
	}
	for name, text := range map[string]*bytes.Buffer{"list.csv": &list, "telegrams.txt": &telegrams} {
		if err := os.WriteFile(filepath.Join(dir, name), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("earshot", "run", "--headless", "--json", "--site", "list.csv", "--receiver", "telegrams.txt:hexline", "--timeout", "2s", "--store", "s.db")
	cmd.Dir = dir
	out, err := cmd.Output()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exitNotPassed {
		t.Fatalf("%v, want exit code %d\n%s", err, exitNotPassed, out)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var summary summaryOnly
	if err := json.Unmarshal(lines[len(lines)-1], &summary); err != nil {
		t.Fatal(err)
	}
	for _, r := range summary.Rows {
		switch {
		case r.Meter == "99999999":
			if r.Verdict != "timed out" {
				t.Errorf("the ID that never comes: %q", r.Verdict)
			}
		case r.Telegrams == 0:
			t.Errorf("%s was not heard", r.Meter)
		case r.Meter == altered && r.Verdict != "wrong key":
			t.Errorf("the altered key of %s: %q", r.Meter, r.Verdict)
		}
	}
	if len(summary.Rows) != len(keys)+1 {
		t.Errorf("%d rows, want %d", len(summary.Rows), len(keys)+1)
	}
}

// summaryOnly is what the test reads of a closing summary.
type summaryOnly struct {
	Rows []struct {
		Meter     string `json:"meter"`
		Verdict   string `json:"verdict"`
		Telegrams int    `json:"telegrams"`
	} `json:"rows"`
}
