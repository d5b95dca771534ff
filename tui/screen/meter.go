package screen

import (
	"errors"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// Lab looks closer at a meter than the state does.
type Lab interface {
	// History returns what the last telegrams of the meter said, oldest first. It may
	// take a while.
	History(ref string) []reading.Sample
	// Dissect says what every byte of a telegram of the meter is, decrypted if its key
	// opens it.
	Dissect(ref string, telegram []byte) []wmbus.Part
}

// Keys takes keys that are typed. Nothing that it returns holds one.
type Keys interface {
	// Try reads what was typed and looks what it opens. What it read is kept for Use.
	Try(ref, typed string) KeyTrial
	// Use reads the meter with the key that was tried last.
	Use(ref string)
	// Unkept reports whether a key was typed for the meter that is in no file yet.
	Unkept(ref string) bool
	// Keep writes the typed key of the meter into a file, and returns its name. The file
	// may need a passphrase (ErrPassphrase). It may take a while.
	Keep(ref, passphrase string) (file string, err error)
}

// KeyTrial is what came of a typed key.
type KeyTrial struct {
	Problem   string // why it cannot be a key; "" if it can
	Opens, Of int    // encrypted telegrams of the meter
}

// ErrPassphrase says that the file that keys are kept in is encrypted, and that its
// passphrase is missing or wrong.
var ErrPassphrase = errors.New("the passphrase is missing or wrong")
