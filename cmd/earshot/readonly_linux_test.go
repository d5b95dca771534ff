package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/assets"
)

// TestStoreMadeReadOnly takes away the right to write the store, and its folder,
// in the middle of a round. What is open stays open: nothing is lost. The next
// start works in memory, with the reason, and leaves the files alone.
func TestStoreMadeReadOnly(t *testing.T) {
	t.Parallel()
	d := newPortDir(t)
	list, recording, folder := filepath.Join(d.dir, "meters.csv"), filepath.Join(d.dir, "building.jsonl"), filepath.Join(d.dir, "stores")
	for path, content := range map[string][]byte{list: assets.DemoMeters(), recording: assets.DemoRecording()} {
		if err := os.WriteFile(path, content, 0o600); err != nil { // the list holds keys
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, list, recording} {
		if err := os.Chown(path, nobody, nobody); err != nil && os.Getuid() == 0 {
			t.Fatal(err)
		}
	}
	store := filepath.Join(folder, "site.db")
	args := []string{"run", "--headless", "--json", "--site", list, "--receiver", recording + ":replay", "--speed", "10", "--store", store}
	chmod := func(file, dir os.FileMode) {
		for _, path := range []string{store, store + "-wal", store + "-shm", store + ".lock"} {
			if err := os.Chmod(path, file); err != nil && !os.IsNotExist(err) {
				t.Error(err)
			}
		}
		if err := os.Chmod(folder, dir); err != nil {
			t.Error(err)
		}
	}
	defer chmod(0o644, 0o755)

	run := startHeadlessAs(t, unprivileged, args...)
	shown, readOnly := 0, false
	code := run.each(t, func(ev told) {
		if ev.Event == "stored" {
			shown += ev.Telegrams
			if !readOnly {
				readOnly = true
				chmod(0o444, 0o555)
			}
		}
		if ev.Event == "store_failed" {
			t.Error("the store failed")
		}
	})
	if code != exitNotPassed || !readOnly || shown < 70 {
		t.Errorf("exit code %d, %d telegrams were shown as stored; %s", code, shown, run.errs.String())
	}
	stdout, stderr, code := d.earshot(args...)
	if code != exitNotPassed || stderr != "" || !strings.Contains(stdout, `"nothing_kept":true,"lost_readings":["`) || strings.Contains(stdout, `"event":"stored"`) ||
		!strings.Contains(stdout, `"event":"store_failed"`) || !strings.Contains(stdout, "kept in memory only: the file or its directory cannot be written: give this user the permission") {
		t.Errorf("started again: exit code %d, %s%s", code, stderr, stdout)
	}
	chmod(0o644, 0o755)
	stdout, stderr, code = d.plain("store", "check", "--site", list, store)
	if code != 0 {
		t.Errorf("store check: %d %s%s", code, stdout, stderr)
	}
	stdout, _, _ = d.plain("store", "export", "--format", "jsonl", store)
	if n := strings.Count(stdout, `"kind":"telegram"`); n < shown {
		t.Errorf("%d telegrams were shown as stored, %d are there", shown, n)
	}
}
