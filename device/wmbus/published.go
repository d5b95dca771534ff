package wmbus

import "slices"

// publishedKey is a key that manufacturers published, or left in their meters.
// Source: docs/protocol/security.md#public-keys.
type publishedKey struct {
	makers []Manufacturer
	key    *Key
}

var publishedKeys = []publishedKey{
	{manufacturers("DME", "HYD", "EWT", "SPL"), diehlKey},
	{manufacturers("SAP", "DME", "HYD", "EWT", "SPL"), priosKeys[0]},
	{manufacturers("SAP", "DME", "HYD", "EWT", "SPL"), priosKeys[1]},
	{manufacturers("APA", "APT"), apatorKey},
}

var (
	// diehlKey is the second PRIOS key, twice.
	diehlKey  = mustNewKey(0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8, 0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8)
	priosKeys = [...]*Key{
		mustNewKey(0x39, 0xBC, 0x8A, 0x10, 0xE6, 0x6D, 0x83, 0xF8),
		mustNewKey(0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8),
	}
	apatorKey = mustNewKey(make([]byte, 16)...)
)

// mustNewKey prepares a public key of this package.
func mustNewKey(raw ...byte) *Key {
	k, err := NewKey(raw)
	if err != nil {
		panic(err)
	}
	return k
}

func manufacturers(letters ...string) []Manufacturer {
	list := make([]Manufacturer, len(letters))
	for i, l := range letters {
		list[i] = manufacturer(l)
	}
	return list
}

// PublishedKeys returns the keys that a maker publishes for its meters, of 16
// bytes, and of 8 bytes for PRIOS; nil if none is known. 0 asks for those of all makers. A telegram that one of
// them opens may come from anybody. Decode tries them itself: see NotePublicKey.
func PublishedKeys(m Manufacturer) []*Key {
	var keys []*Key
	for i := range publishedKeys {
		if m == 0 || slices.Contains(publishedKeys[i].makers, m.letters()) {
			keys = append(keys, publishedKeys[i].key)
		}
	}
	return keys
}

// hasPublished reports whether PublishedKeys has any of 16 bytes.
func hasPublished(m Manufacturer) bool {
	for i := range publishedKeys {
		if p := &publishedKeys[i]; p.key.IsAES() && slices.Contains(p.makers, m.letters()) {
			return true
		}
	}
	return false
}

// openPublished opens t.Plain, which begins at at, with the keys that the maker
// published, after key did not open it; err is why.
func (t *Telegram) openPublished(key *Key, at int, err *Error, sealed []byte) *Error {
	security, encrypted := t.Security, t.encrypted
	for i := range publishedKeys {
		p := &publishedKeys[i]
		if !p.key.IsAES() || !slices.Contains(p.makers, t.Header.Meter.Manufacturer.letters()) {
			continue
		}
		copy(t.buf[at:], sealed)
		if t.open(p.key) == nil && (key == nil || t.Security.Result == SecurityOK) {
			t.notePublic(key)
			return nil
		}
	}
	copy(t.buf[at:], sealed)
	t.Security, t.encrypted = security, encrypted
	return err
}

// notePublic notes that a public key opened the telegram, and not the one given.
func (t *Telegram) notePublic(given *Key) {
	t.Notes |= NotePublicKey
	if given != nil {
		t.Notes |= NoteOtherKey
	}
}
