package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"earshot/collector/store"
)

// obeyed are characters that a terminal obeys, or that nobody sees.
const obeyed = "\x1b]0;owned\a\u009b2J\u202eelif\u00adx\u200b\U000e0041\u3164\ufe0f\x7f"

// checkPrinted fails if an output holds what a terminal obeys or does not show.
func checkPrinted(t *testing.T, what string, out []byte) {
	t.Helper()
	if !utf8.Valid(out) {
		t.Errorf("%s is not UTF-8: %q", what, out)
	}
	for _, r := range string(out) {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.C, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)) {
			t.Errorf("%s holds %U: %q", what, r, out)
			return
		}
	}
}

// hostile is a folder in which a text stands wherever a text can stand.
type hostile struct {
	t         testing.TB
	dir, text string
	list      string
	recording string
	store     string
}

// newHostile makes the folder. The meter sends a text as a value, too.
func newHostile(t testing.TB, text string) *hostile {
	t.Helper()
	h := &hostile{t: t, dir: t.TempDir(), text: text}
	name := strings.Map(func(r rune) rune {
		if r == '/' || r < ' ' || r == 0x7F { // receivers' names hold no control characters
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	name = "n" + name[:min(len(name), 40)]
	h.list, h.recording, h.store = filepath.Join(h.dir, name+".csv"), filepath.Join(h.dir, name+".txt"), filepath.Join(h.dir, name+".db")
	cell := strings.NewReplacer("\"", "", "\r", "", "\n", "").Replace(text)
	h.write(h.list, fmt.Sprintf("id,entrance,floor,apartment,room,medium,note,%[1]q\n12345678,\"%[1]s\",\"%[1]s\",\"%[1]s\",\"%[1]s\",\"%[1]s\",\"%[1]s\",\n", cell))
	h.write(h.recording, telegramWith(text)+"\n"+text+"\n{\"telegram\":\""+text+"\"}\n")
	return h
}

func (h *hostile) write(path, text string) {
	h.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// telegramWith is a water meter's telegram with a volume and a record of text
// (variable length, VIF 7C: a unit in plain text).
func telegramWith(text string) string {
	value := []byte(text)[:min(len(text), 30)]
	unit := slices.Clone(value[:min(len(value), 10)])
	body := []byte{0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, 0x7A, 0x27, 0x00, 0x00, 0x00, 0x0C, 0x13, 0x43, 0x65, 0x87, 0x00}
	body = append(append(body, 0x0D, 0x78, byte(len(value))), value...)
	body = append(append(append(body, 0x0C, 0x7C, byte(len(unit))), unit...), 1, 2, 3, 4)
	return hex.EncodeToString(append([]byte{byte(len(body))}, body...))
}

// runs are the command lines whose outputs show the text.
func (h *hostile) runs() [][]string {
	campaign := []string{"run", "--site", h.list, "--receiver", h.recording + ":hexline", "--store", h.store, "--headless", "--speed", "inf", "--timeout", "1s"}
	return [][]string{
		campaign,
		append(slices.Clone(campaign), "--json", "--new", "--skip-bad-rows"),
		{"run", "--site", h.list + ".missing", "--receiver", "stdin:hex"},
		{"run", "--site", h.list, "--receiver", h.text, "--headless", "--timeout", "1s"},
		{"run", "--site", h.list, "--receiver", h.recording + h.text, "--headless"},
		{"run", "--site", h.list, "--receiver", "stdin:hex", "--mqtt", "a b" + h.text, "--headless"},
		{"run", "--" + h.text},
		{"run", "--until", h.text},
		{h.text},
		{"decode", h.recording},
		{"decode", "--json", h.recording, h.text},
		{"decode", "--keys", h.recording, "00"},
		{"store", "check", h.store},
		{"store", "check", h.store + ".missing"},
		{"store", "check", h.list},
		{"store", "export", h.store},
		{"store", "export", h.store, "--format", "jsonl"},
		{"store", "backup", h.store, h.list},
		{"record", "--receiver", h.recording + ":hexline", "-o", h.list},
	}
}

// note writes the text into the store, as a note of the installer.
func (h *hostile) note() {
	h.t.Helper()
	db, err := store.Open(h.t.Context(), h.store)
	if err != nil {
		return // the text made a store impossible
	}
	defer db.Close()
	campaigns, err := db.Campaigns(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	if len(campaigns) == 0 {
		return // the list was refused
	}
	if err := db.Continue(h.t.Context(), campaigns[len(campaigns)-1]); err != nil {
		h.t.Fatal(err)
	}
	if err := db.Commit(h.t.Context(), &store.Batch{Items: []store.Item{{Entry: &store.Action{Time: time.Now(), Kind: h.text, Meter: h.text, Text: h.text}}}}); err != nil {
		h.t.Fatal(err)
	}
}

// TestHostileTexts runs the real program with a text that a terminal obeys in its
// list, its file names, its flags and its telegrams.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	h := newHostile(t, obeyed)
	shown := 0
	for i, args := range h.runs() {
		if i == 2 {
			h.note()
		}
		cmd := exec.CommandContext(t.Context(), "earshot", args...)
		var out, warn bytes.Buffer
		cmd.Stdout, cmd.Stderr, cmd.Stdin = &out, &warn, strings.NewReader(h.text+"\n")
		if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
			t.Fatal(err)
		}
		what := fmt.Sprintf("earshot %q", args)
		checkPrinted(t, what, out.Bytes())
		checkPrinted(t, what, warn.Bytes())
		if strings.Contains(out.String()+warn.String(), "owned") {
			shown++
		}
		if slices.Contains(args, "--json") && args[0] != "decode" && cmd.ProcessState.ExitCode() == exitPassed {
			for line := range strings.Lines(out.String()) {
				if !json.Valid([]byte(line)) {
					t.Errorf("%s prints %s", what, line)
				}
			}
		}
	}
	if shown < len(h.runs())-4 {
		t.Errorf("%d of %d outputs show the text", shown, len(h.runs()))
	}
}

// FuzzOutputs puts a text everywhere and looks at every output.
func FuzzOutputs(f *testing.F) {
	f.Add(obeyed)
	f.Add("\xff\xfe\x00")
	f.Add("a,b;c\t\"d\"")
	f.Add("{\"telegram\":\"\u202e\"}")
	f.Fuzz(func(t *testing.T, text string) {
		h := newHostile(t, text)
		t.Setenv("HOME", h.dir)
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		signals := &signals{hung: ctx, hangUp: cancel} // without the real ones, by which fuzzing ends
		for i, args := range h.runs() {
			if i == 2 {
				h.note()
			}
			var out, warn bytes.Buffer
			root := newRoot(streams{in: strings.NewReader(text), out: &out, err: &warn, signals: signals, ending: newEnding(io.Discard)})
			if err := execute(ctx, root, args, &warn, strings.Clone); exitCode(err) == exitFailed {
				t.Errorf("earshot %q: %v", args, err)
			}
			what := fmt.Sprintf("earshot %q", args)
			checkPrinted(t, what, out.Bytes())
			checkPrinted(t, what, warn.Bytes())
		}
	})
}
