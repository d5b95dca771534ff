package lists

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/collector/words"
)

const typedKey = "5A17C0DE8899AABB0123456789ABCDEF"

// TestTypedKey: a typed key comes into a list of earshot's own, or into the encrypted file
// next to another one, and is read from there.
func TestTypedKey(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, list, file string
		passphrase       string
	}{
		{name: "own", list: "# earshot list 1\nid;manufacturer;key;room\n12345678;KAM;;bath\n87654321;KAM;000102030405060708090A0B0C0D0E0F;hall\n", file: "own.csv"},
		{name: "foreign", list: "Meter no.;Room\n12345678;bath\n", file: "foreign.csv.keys.age", passphrase: "over the hills"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), test.name+".csv")
			if err := os.WriteFile(path, []byte(test.list), 0o600); err != nil {
				t.Fatal(err)
			}
			ref := map[string]string{"own": "KAM-12345678", "foreign": "12345678"}[test.name]
			typed := NewTyped(path)
			if key, problem := typed.Read(ref, "key: "+strings.ToLower(typedKey[:31])); !key.IsZero() || problem == "" || strings.Contains(problem, "5a17") {
				t.Errorf("a short key: %v, %q", key, problem)
			}
			if !typed.Use(ref).IsZero() || typed.Unkept(ref) {
				t.Error("no key was typed")
			}
			key, problem := typed.Read(ref, " SN 12345678; "+typedKey+" ;DN20")
			if key.IsZero() || problem != "" || typed.Use(ref) != key || !typed.Unkept(ref) {
				t.Fatalf("%v, %q", key, problem)
			}
			if test.passphrase != "" {
				if _, err := typed.Keep(ref, ""); !errors.Is(err, ErrPassphrase) {
					t.Errorf("without a passphrase: %v", err)
				}
			}
			file, err := typed.Keep(ref, test.passphrase)
			if err != nil || file != test.file || typed.Unkept(ref) {
				t.Fatalf("%s, %v, unkept %v", file, err, typed.Unkept(ref))
			}
			x := secrets{s: Streams{Out: io.Discard, Err: io.Discard, Lang: words.English}, given: test.passphrase}
			list, _, err := readSite(path, &x)
			if err != nil || list.Meters[0].Key.Fingerprint() != key.Fingerprint() || len(list.Meters) != strings.Count(test.list, "\n")-1-strings.Count(test.list, "#") {
				t.Errorf("read again: %v, %+v", err, list.Meters)
			}
			if _, err := typed.Keep(ref, test.passphrase); err == nil {
				t.Error("it is kept twice")
			}
			typed.Read(ref, typedKey)
			typed.Use(ref)
			if test.passphrase != "" {
				if _, err := typed.Keep(ref, "another"); !errors.Is(err, ErrPassphrase) {
					t.Errorf("with a wrong passphrase: %v", err)
				}
			}
			if data, _ := os.ReadFile(path); test.passphrase != "" && string(data) != test.list {
				t.Errorf("the list was changed: %s", data)
			}
		})
	}
	none := NewTyped("")
	none.Read("x", typedKey)
	none.Use("x")
	if _, err := none.Keep("x", ""); err == nil {
		t.Error("kept in no list")
	}
}
