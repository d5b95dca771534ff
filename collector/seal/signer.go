package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"aead.dev/minisign"
)

// Signer is the key that signs. Every format shows the ID of its public half
// instead.
type Signer struct{ in *signerKey }

// signerKey adds an indirection that package fmt never follows: for a wrong verb it
// prints what the first pointer points to.
type signerKey struct{ key *minisign.PrivateKey }

// The files of a key, in minisign's form.
const (
	secretName = "minisign.key"
	publicName = "minisign.pub"
)

const (
	ownerFile = 0o600
	ownerDir  = 0o700
	maxSecret = 4096 // bytes of a key file
)

// Errors about the key that signs.
var (
	ErrExposed   = errors.New("others can read the key that signs protocols")
	ErrSignerKey = errors.New("the key that signs protocols cannot be used")
)

// Open reads the key in a directory. If there is none it makes one, and made is
// true. It refuses a key that others can read (ErrExposed), and one that it does not
// understand or that has a password (ErrSignerKey).
func Open(dir string) (s Signer, made bool, err error) {
	if s, err = read(dir); !errors.Is(err, fs.ErrNotExist) {
		return s, false, err
	}
	if err := create(dir); err != nil {
		return Signer{}, false, fmt.Errorf("%s: a key to sign with cannot be made: %w", dir, err)
	}
	s, err = read(dir) // another program may have made one first
	return s, err == nil, err
}

func read(dir string) (Signer, error) {
	path := filepath.Join(dir, secretName)
	for _, place := range []struct {
		path string
		mode fs.FileMode
	}{{dir, ownerDir}, {path, ownerFile}} {
		info, err := os.Lstat(place.path)
		if err != nil {
			return Signer{}, err
		}
		switch mode := info.Mode(); {
		case place.mode == ownerDir && !mode.IsDir(), place.mode == ownerFile && !mode.IsRegular():
			return Signer{}, fmt.Errorf("%w: %s is a link, or something else than it should be", ErrSignerKey, place.path)
		case mode.Perm()&^place.mode != 0 && runtime.GOOS != "windows":
			return Signer{}, fmt.Errorf("%w: %s has mode %04o: use chmod %o %s; if others had access to this machine, move the key away to make a new one",
				ErrExposed, place.path, mode.Perm(), place.mode, place.path)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return Signer{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecret))
	if err != nil {
		return Signer{}, err
	}
	defer clear(text)
	if minisign.IsEncrypted(text) {
		return Signer{}, fmt.Errorf("%w: %s has a password: earshot uses keys without one", ErrSignerKey, path)
	}
	var key minisign.PrivateKey
	if err := key.UnmarshalText(bytes.TrimSpace(text)); err != nil {
		return Signer{}, fmt.Errorf("%w: %s is damaged: restore it from a backup, or move it away to make a new one", ErrSignerKey, path)
	}
	return Signer{&signerKey{&key}}, nil
}

// create makes a key in a directory, unless another program does at the same time.
func create(dir string) error {
	if err := os.MkdirAll(dir, ownerDir); err != nil {
		return err
	}
	public, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	secret, err := private.MarshalText()
	if err != nil {
		return err
	}
	defer clear(secret)
	name, err := temporary(dir, secretName, func(f *os.File) error {
		_, err := f.Write(append(secret, '\n'))
		return err
	})
	if err != nil {
		return err
	}
	defer os.Remove(name)
	err = os.Link(name, filepath.Join(dir, secretName))
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil: // a file system without hard links
		if err := os.Rename(name, filepath.Join(dir, secretName)); err != nil {
			return err
		}
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, publicName), PublicKey{public}.File(), 0o644)
}

// Public is the public half.
func (s Signer) Public() PublicKey {
	if s.in == nil {
		return PublicKey{}
	}
	return PublicKey{s.in.key.Public().(minisign.PublicKey)}
}

// sign signs a message as `minisign -S` does, with a comment that is signed too.
func (s Signer) sign(message []byte, comment string) ([]byte, error) {
	r := minisign.NewReader(bytes.NewReader(message))
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, err
	}
	return r.SignWithComments(*s.in.key, comment, untrusted(s.Public())), nil
}

// untrusted is the first line of a signature, which nothing protects: it has one
// form only.
func untrusted(k PublicKey) string { return "signature of earshot with the key " + k.ID() }

// String names the key by its ID. The methods below do the same.
func (s Signer) String() string { return "[key " + s.Public().ID() + "]" }

// GoString redacts %#v.
func (s Signer) GoString() string { return s.String() }

// Format redacts every verb.
func (s Signer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText redacts encodings.
func (s Signer) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue redacts slog.
func (s Signer) LogValue() slog.Value { return slog.StringValue(s.String()) }
