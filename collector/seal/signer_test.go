package seal

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	qr "github.com/piglig/go-qr"
)

// TestSignerFile: the key is made once, for its owner only, and minisign can use it.
func TestSignerFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "config", "seal")
	s, made, err := Open(dir)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	again, made, err := Open(dir)
	if err != nil || made || !again.Public().Equal(s.Public()) {
		t.Errorf("opened again: made %v, another key %v, %v", made, !again.Public().Equal(s.Public()), err)
	}
	for name, mode := range map[string]fs.FileMode{".": 0o700, secretName: 0o600, publicName: 0o644} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
	message := filepath.Join(dir, "message")
	if err := os.WriteFile(message, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"-S", "-s", filepath.Join(dir, secretName), "-m", message}, {"-V", "-p", filepath.Join(dir, publicName), "-m", message}} {
		if out, err := exec.Command("minisign", command...).CombinedOutput(); err != nil {
			t.Errorf("minisign %v: %v\n%s", command, err, out)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 4 {
		t.Errorf("%v remain, %v", left, err)
	}
}

// TestOneSigner: programs that start at the same time have one key.
func TestOneSigner(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "seal")
	keys := make([]string, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			s, _, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			keys[i] = s.Public().String()
		})
	}
	all.Wait()
	if slices.Sort(keys); keys[0] != keys[len(keys)-1] {
		t.Errorf("they have %v", keys)
	}
}

// TestSignerRefused: a key that others can read, or that earshot does not understand,
// signs nothing.
func TestSignerRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		what   string
		change func(dir, file string) error
		want   error
	}{
		{what: "a file that the group reads", want: ErrExposed, change: func(_, file string) error { return os.Chmod(file, 0o640) }},
		{what: "a folder that others enter", want: ErrExposed, change: func(dir, _ string) error { return os.Chmod(dir, 0o711) }},
		{what: "nonsense", want: ErrSignerKey, change: func(_, file string) error { return os.WriteFile(file, []byte("hello"), 0o600) }},
		{what: "nothing", want: ErrSignerKey, change: func(_, file string) error { return os.Truncate(file, 0) }},
		{what: "a link", want: ErrSignerKey, change: func(dir, file string) error {
			return errors.Join(os.Rename(file, filepath.Join(dir, "elsewhere")), os.Symlink("elsewhere", file))
		}},
		{what: "a folder", want: ErrSignerKey, change: func(_, file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) }},
	} {
		dir := filepath.Join(t.TempDir(), "seal")
		if _, _, err := Open(dir); err != nil {
			t.Fatal(err)
		}
		if err := test.change(dir, filepath.Join(dir, secretName)); err != nil {
			t.Fatal(err)
		}
		if _, made, err := Open(dir); made || !errors.Is(err, test.want) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: made %v, %v", test.what, made, err)
		}
	}
}

// TestSignerStaysIn prints the key in every way.
func TestSignerStaysIn(t *testing.T) {
	t.Parallel()
	s := signer(t)
	secret, err := s.in.key.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	type hidden struct{ s Signer }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{s, &s, []Signer{s}, hidden{s}, &hidden{s}} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(string(secret), text) || len(text) > 80 {
				t.Errorf("%s prints %.100s", verb, text)
			}
		}
	}
}

// TestWords: the words of a key are the key, and slips in them are noticed.
func TestWords(t *testing.T) {
	t.Parallel()
	key := signer(t).Public()
	words := key.Words()
	if len(words) != 17 || spell([]byte{127, 0, 0, 1})[0] != "lusab" || spell([]byte{127, 0, 0, 1})[1] != "babad" { // the example of the source
		t.Errorf("%v, %v", words, spell([]byte{127, 0, 0, 1}))
	}
	for _, text := range []string{strings.Join(words, " "), " " + strings.ToUpper(strings.Join(words, "-")) + "\n", key.String(), string(key.File())} {
		pin, err := ParsePin(text)
		if err != nil || !pin.Matches(key) || pin.Matches(signer(t).Public()) || pin.IsZero() {
			t.Errorf("%q: %v", text, err)
		}
	}
	swapped := slices.Clone(words)
	swapped[3], swapped[4] = swapped[4], swapped[3]
	misheard := slices.Clone(words)
	misheard[5] = map[bool]string{true: "babad", false: "lusab"}[misheard[5] == "lusab"]
	for _, text := range []string{"", "hello", strings.Join(words[1:], " "), strings.Join(swapped, " "), strings.Join(misheard, " "), "RWQ", key.String()[:40],
		strings.Replace(strings.Join(words, " "), words[0], "abcde", 1), key.String() + "=="} {
		if _, err := ParsePin(text); !errors.Is(err, ErrPublicKey) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestQR: another program's reader reads the code.
func TestQR(t *testing.T) {
	t.Parallel()
	key := signer(t).Public()
	rows, err := key.QR()
	if err != nil {
		t.Fatal(err)
	}
	const scale = 6
	picture := image.NewGray(image.Rect(0, 0, len(rows)*scale, len(rows)*scale))
	for y := range len(rows) * scale {
		for x := range len(rows) * scale {
			if shade := uint8(255); !rows[y/scale][x/scale] {
				picture.SetGray(x, y, color.Gray{Y: shade})
			}
		}
	}
	if text, err := qr.Decode(picture); err != nil || text != key.String() {
		t.Errorf("%q, %v", text, err)
	}
}
