package vault

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// ErrWrong is wrapped by the error of Open if neither passphrase nor key file
// opens a file.
var ErrWrong = errors.New("wrong passphrase or key file")

// ErrKeyFile is wrapped by errors about a key file.
var ErrKeyFile = errors.New("not a key file of age")

// Secret is what opens a file: a passphrase, or the text of a key file.
type Secret struct {
	Passphrase string
	KeyFile    string // the content of a file made by age-keygen, not its name
}

// identities are those of the secret.
func (s Secret) identities() ([]age.Identity, error) {
	if s.KeyFile != "" {
		ids, err := age.ParseIdentities(strings.NewReader(s.KeyFile))
		if err != nil {
			return nil, fmt.Errorf("%w: it has no line that begins with AGE-SECRET-KEY-", ErrKeyFile)
		}
		return ids, nil
	}
	id, err := age.NewScryptIdentity(s.Passphrase)
	if err != nil {
		return nil, ErrWrong
	}
	return []age.Identity{id}, nil
}

// Open decrypts a file. A wrong secret is ErrWrong; a damaged file is found out
// while it is read.
func Open(r io.Reader, s Secret) (io.Reader, error) {
	ids, err := s.identities()
	if err != nil {
		return nil, err
	}
	head := make([]byte, len(armor.Header))
	n, err := io.ReadFull(r, head)
	if err != nil && n == 0 {
		return nil, err
	}
	r = io.MultiReader(strings.NewReader(string(head[:n])), r)
	if string(head) == armor.Header {
		r = armor.NewReader(r)
	}
	plain, err := age.Decrypt(r, ids...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, ErrWrong
	}
	return plain, err
}

// Seal encrypts what is written. The caller closes it, which writes the end.
func Seal(w io.Writer, s Secret) (io.WriteCloser, error) {
	if s.KeyFile == "" {
		to, err := age.NewScryptRecipient(s.Passphrase)
		if err != nil {
			return nil, err
		}
		return age.Encrypt(w, to)
	}
	var to []age.Recipient
	ids, err := s.identities()
	if err != nil { // a file of public keys
		if to, err = age.ParseRecipients(strings.NewReader(s.KeyFile)); err != nil {
			return nil, fmt.Errorf("%w: it has neither a secret nor a public key", ErrKeyFile)
		}
	}
	for _, id := range ids {
		own, is := id.(interface{ Recipient() *age.X25519Recipient })
		if !is {
			return nil, fmt.Errorf("%w: its public key is not in it", ErrKeyFile)
		}
		to = append(to, own.Recipient())
	}
	return age.Encrypt(w, to...)
}
