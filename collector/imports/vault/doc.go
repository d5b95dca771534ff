// Package vault keeps lists encrypted, in the format of age: with a passphrase,
// or for the owner of a key file.
//
// It must never know what a list is. No passphrase is in an error.
package vault
