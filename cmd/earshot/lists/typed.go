package lists

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"

	"earshot/collector/imports"
	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
	"earshot/collector/site"
	"earshot/collector/words"
)

// ErrPassphrase is wrapped by the error of Typed.Keep if the file with the keys is
// encrypted, and its passphrase is missing or wrong.
var ErrPassphrase = errors.New("the passphrase is missing or wrong")

// Typed are the keys that are typed while a site's list is in use. They are in memory
// only, until Keep writes one into the list, or into the encrypted file next to it.
type Typed struct {
	list string // "" if it is in no file

	mu     sync.Mutex
	tried  map[string]site.Key // by the meter's reference
	unkept map[string]site.Key
}

// NewTyped returns none of a list yet.
func NewTyped(list string) *Typed {
	return &Typed{list: list, tried: map[string]site.Key{}, unkept: map[string]site.Key{}}
}

// Read reads what was typed for a meter; problem says why it cannot be a key.
func (t *Typed) Read(ref, text string) (key site.Key, problem string) {
	key, refusal := imports.TypedKey(text)
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tried, ref)
	if key.IsZero() {
		return key, words.English.Finding(refusal)
	}
	t.tried[ref] = key
	return key, ""
}

// Use returns the key that was read last for a meter.
func (t *Typed) Use(ref string) site.Key {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := t.tried[ref]
	if delete(t.tried, ref); !key.IsZero() {
		t.unkept[ref] = key
	}
	return key
}

// Unkept reports whether a key was used for the meter that is in no file yet.
func (t *Typed) Unkept(ref string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.unkept[ref].IsZero()
}

// Keep writes the key that is used for a meter into the list, if earshot wrote that, or
// into the encrypted file next to it. It returns the name of the file.
func (t *Typed) Keep(ref, passphrase string) (file string, err error) {
	t.mu.Lock()
	key := t.unkept[ref]
	t.mu.Unlock()
	switch {
	case key.IsZero():
		return "", errors.New("no key was typed for this meter")
	case t.list == "":
		return "", errors.New("this list is part of the program: no key can be added to it")
	}
	switch file, err = keepKey(t.list, ref, key, passphrase); {
	case errors.Is(err, ErrPassphrase):
		return "", err
	case err != nil:
		return "", fileError(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.unkept, ref)
	return filepath.Base(file), nil
}

// keepKey writes a key for a row of a list.
func keepKey(list, ref string, key site.Key, passphrase string) (file string, err error) {
	x := secrets{s: Streams{Out: io.Discard, Err: io.Discard, Lang: words.English}, given: passphrase}
	files := withCompanion(list)
	r, err := imports.ReadFiles(files, imports.Options{Options: x.options()})
	if err != nil {
		return "", locked(err)
	}
	if err := leftOut(r); err != nil {
		return "", err
	}
	row := -1
	for i := range r.Rows {
		if m := &r.Rows[i].Meter; !r.Rows[i].Lone && m.Ref() == ref {
			row = i
		}
	}
	if row < 0 {
		return "", fmt.Errorf("%s has no row %s any more", filepath.Base(list), ref)
	}
	r.Rows[row].Meter.Key = key
	j := keysJob{s: x.s, secrets: x, site: list, companion: len(files) > 1 || !isOurs(list) || len(r.Rejected) > 0}
	return j.target(), locked(j.write(r))
}

// leftOut says which part of a list could not be read: it would be lost if the list were
// written again.
func leftOut(r *imports.Result) error {
	if len(r.LeftOut) == 0 {
		return nil
	}
	return locked(&table.Refused{Finding: r.LeftOut[0]})
}

// locked makes ErrPassphrase of an error about a passphrase.
func locked(err error) error {
	var refused *table.Refused
	if errors.Is(err, errNoSecret) || errors.As(err, &refused) && (refused.Code == finding.FileEncrypted || refused.Code == finding.PassphraseWrong) {
		return fmt.Errorf("%w: %w", ErrPassphrase, err)
	}
	return err
}
