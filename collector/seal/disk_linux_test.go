package seal

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"earshot/collector/store/storetest"
	"earshot/device/simulate"
)

// TestFullDisk: a disk that fills leaves nothing half, and what was there before as it
// was.
func TestFullDisk(t *testing.T) {
	c := commission(t, simulate.Random(5), time.Minute).contents()
	c.Documents = append(c.Documents, Document{"large.pdf", make([]byte, 2<<20)})
	s := signer(t)
	storetest.OnSmallDisk(t, "1m", func(dir string) {
		path := filepath.Join(dir, "site.earshot.zip")
		for _, before := range []string{"", "the one before"} {
			if before != "" {
				if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := Write(path, c, s); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("written to a full disk: %v", err)
			}
			left, err := os.ReadDir(dir)
			if err != nil || before == "" && len(left) > 0 || before != "" && len(left) != 1 {
				t.Errorf("%v remain, %v", left, err)
			}
			if text, _ := os.ReadFile(path); string(text) != before {
				t.Errorf("%d bytes are there, before it was %q", len(text), before)
			}
		}
	})
}
