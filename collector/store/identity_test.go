package store_test

import (
	"path/filepath"
	"regexp"
	"testing"

	"earshot/collector/store"
)

func TestIdentityStaysTheSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	identity := func(name string) string {
		t.Helper()
		s, err := store.Open(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		id, err := s.Identity(t.Context())
		if err != nil || !regexp.MustCompile("^[0-9a-f]{16}$").MatchString(id) {
			t.Fatalf("identity %q, %v", id, err)
		}
		return id
	}
	first := identity("a.db")
	if again := identity("a.db"); again != first {
		t.Errorf("opened again it is %s, was %s", again, first)
	}
	if other := identity("b.db"); other == first {
		t.Errorf("two stores are %s", other)
	}
}
