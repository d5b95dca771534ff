package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzLockFile finds any content in a lock file: it is earshot's, or stays as it
// is.
func FuzzLockFile(f *testing.F) {
	for _, content := range []string{"", "\x00", "\x00\n", "\x004711\n", "\x004711 offered\n", "4711\n", "# poetry\n", "\x00-1\n", "\x0099999999999999999999\n", "\x00x", "\x00\n\n"} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "site")
		write(t, path+".lock", string(content))
		lock, err := Acquire(path)
		ours := lockText.Match(content)
		if err == nil {
			if _, again := Acquire(path); !errors.Is(again, ErrInUse) {
				t.Errorf("two have it: %v", again)
			}
			if err := errors.Join(lock.Offer(), lock.Release()); err != nil {
				t.Error(err)
			}
		}
		if (err == nil) != (ours || len(content) == 0) || err != nil && !errors.Is(err, ErrForeign) {
			t.Errorf("%q: %v", content, err)
		}
		after := must[[]byte](t)(os.ReadFile(path + ".lock"))
		if !ours && string(after) != string(content) || ours && !lockText.Match(after) {
			t.Errorf("%q has become %q", content, after)
		}
	})
}
