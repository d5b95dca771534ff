package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/device/wmbus"
)

// pastedKey is the key of the meter in TestPastedKey; it is nowhere else.
const pastedKey = "C0FFEE11D15EA5EDF00DBABE0BADCAFE"

// TestPastedKey pastes a key on the screen of the real program: it is used, and kept in
// the list when that is asked for, and it is nowhere else: not on the screen, not in the
// store, not in what the runtime prints when the program is aborted.
func TestPastedKey(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	dir := t.TempDir()
	list := filepath.Join(dir, "list.csv")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(list, "# earshot list 1\nid;manufacturer;key;room\n12345678;KAM;;bath\n")
	write(filepath.Join(dir, "telegrams.txt"), pastedTelegram(t, 6408)+"\n"+pastedTelegram(t, 6409)+"\n")
	c := &cellar{t: t, ctx: ctx, store: filepath.Join(dir, "list.db")}
	screen := func() *window {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(ctx, self, "run", "--site", list, "--receiver", filepath.Join(dir, "telegrams.txt")+":hexline", "--store", c.store, "--theme", "dark", "--lang", "en")
		cmd.Args[0] = "earshot" // as which the test binary is the program
		cmd.Env = append(os.Environ(), "SSH_CONNECTION=", "TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL=", "HOME="+dir, "XDG_DATA_HOME="+dir, "GOTRACEBACK=all")
		return c.window(cmd)
	}
	paste := func(w *window) {
		w.until("no key in list")
		w.press("k")
		w.until("key of KAM-12345678")
		w.press("\x1b[200~" + pastedKey + "\x1b[201~")
		w.until("****")
	}

	w := screen()
	paste(w)
	if err := w.cmd.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	_ = w.cmd.Wait()
	w.hangUp()
	if !bytes.Contains(w.raw.Bytes(), []byte("goroutine ")) {
		t.Errorf("the runtime printed nothing:\n%s", w.raw)
	}
	holdsNoKey(t, "what an aborted program prints", w.raw.Bytes())

	c.store = filepath.Join(dir, "whole.db") // the other may have the telegrams of the aborted run
	w = screen()
	paste(w)
	w.press("\r")
	w.until("opens 2 of 2 telegrams")
	w.until("6.409 m³")
	w.press("K")
	w.until("is in list.csv")
	w.press("q")
	if err := w.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	w.hangUp()
	holdsNoKey(t, "the terminal", w.raw.Bytes())
	onlyTheList(t, dir, list)
}

// onlyTheList checks that of the files of a folder only the list has the key.
func onlyTheList(t *testing.T, dir, list string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if path == list {
			if !bytes.Contains(data, []byte(pastedKey)) {
				t.Errorf("the list has no key:\n%s", data)
			}
			return err
		}
		holdsNoKey(t, path, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// holdsNoKey looks for the key as text and as bytes, also for a part of it.
func holdsNoKey(t *testing.T, what string, data []byte) {
	t.Helper()
	raw, _ := hex.DecodeString(pastedKey)
	for _, part := range [][]byte{[]byte(pastedKey[:12]), []byte(strings.ToLower(pastedKey[:12])), []byte(pastedKey[20:]), []byte(strings.ToLower(pastedKey[20:])), raw[:8], raw[8:]} {
		if bytes.Contains(data, part) {
			t.Errorf("%s holds the key (%X)", what, part)
		}
	}
}

// pastedTelegram is one of the meter, encrypted.
func pastedTelegram(t *testing.T, litres int64) string {
	t.Helper()
	key, err := site.ParseKey(pastedKey)
	if err != nil {
		t.Fatal(err)
	}
	maker, _ := wmbus.ParseManufacturer("KAM")
	code, _ := wmbus.VIF(wmbus.Volume, wmbus.UnitM3, -3)
	head := wmbus.Head{VIF: code}
	msg := wmbus.Message{Link: wmbus.Address{Manufacturer: maker, ID: 0x12345678, Version: 1, Type: wmbus.TypeWater}, CI: 0x7A, Access: byte(litres),
		Mode: wmbus.ModeAESIV, Payload: head.Int(nil, 4, litres)}
	frame, err := msg.Append(nil, key.Prepared())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%X", frame)
}
