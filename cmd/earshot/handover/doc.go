// Package handover is the commands about the hand-over protocol: earshot report makes
// it of a stored campaign, in each of its forms.
//
//   - report.go is the command and its flags; site.go makes the document of one site,
//     batch.go those of several.
//   - form.go is the table of forms; a new one is a row there. write.go writes files
//     as a whole or not at all.
//   - seal.go makes the sealed form, and earshot signer; verify.go is earshot verify,
//     which makes the documents of a sealed protocol again.
//
// It must never know a receiver or a screen.
package handover

import (
	"errors"
	"fmt"

	"earshot/cmd/earshot/lists"
	"earshot/collector/site"
	"earshot/collector/store"
)

// Env is what the commands share with the others.
type Env struct {
	lists.Streams
	Version string // of the program
	// Store is the file of a store: that which was named, or that of a list and a
	// name, or the one that was used last.
	Store func(named, list, name string) (path string, err error)
	// List reads the list of a campaign with its keys: that of path, or the one that
	// the campaign used.
	List func(campaign store.Campaign, path, name string) (site.Site, error)
}

// ErrDraft is the result of a report that is a draft. It has been printed already.
var ErrDraft = errors.New("the protocol is a draft")

// ErrUsage is wrapped by every error about flags and files.
var ErrUsage = errors.New("wrong usage")

type usage struct{ error }

func (usage) Is(target error) bool { return target == ErrUsage }

func (u usage) Unwrap() error { return u.error }

func usageError(format string, args ...any) error { return usage{fmt.Errorf(format, args...)} }
