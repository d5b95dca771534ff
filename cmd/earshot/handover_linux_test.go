package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/collector/handover/handovertest"
	"earshot/collector/store/storetest"
)

// TestReportOnFullDisk: nothing half remains on a disk that is full, and a file that
// was there is as it was.
func TestReportOnFullDisk(t *testing.T) {
	storetest.OnSmallDisk(t, "1m", func(small string) {
		dir, lists := town(t, 1, func(int) *handovertest.Stored { return handovertest.Demo() })
		old := filepath.Join(small, "old.json")
		if err := os.WriteFile(old, []byte("before"), 0o600); err != nil {
			t.Fatal(err)
		}
		storetest.Fill(t, filepath.Join(small, "ballast"))
		for _, to := range []string{"new.json", "new.pdf", "new.xlsx", "new.html", "new.csv", "old.json"} {
			code, _, errs := earshotIn(t, append(lists, "report", "--store", filepath.Join(dir, "site01.db"), "--force", "-o", filepath.Join(small, to))...)
			if code != exitFailed || !strings.Contains(errs, "no space left on device") {
				t.Errorf("exit code %d, %s", code, errs)
			}
		}
		entries, err := os.ReadDir(small)
		if text, _ := os.ReadFile(old); err != nil || len(entries) != 2 || string(text) != "before" {
			t.Errorf("%v, %q, %v", entries, text, err)
		}
	})
}
