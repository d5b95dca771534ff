// Package lists is the commands about lists of meters, and how the other
// commands read a list: it asks for passwords, and turns findings into the
// sentences that people read.
//
// It must never know a receiver, a campaign or a screen.
package lists

import (
	"errors"
	"fmt"
	"io"

	"earshot/collector/words"
)

// Streams are what the commands read and write.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Lang     *words.Language
}

// Results that have been printed already.
var (
	ErrSome = errors.New("some rows cannot be used")
	ErrNone = errors.New("nothing can be used")
)

// ErrUsage is wrapped by every error about flags and files.
var ErrUsage = errors.New("wrong usage")

type usage struct{ error }

func (usage) Is(target error) bool { return target == ErrUsage }

func (u usage) Unwrap() error { return u.error }

func usageError(format string, args ...any) error { return usage{fmt.Errorf(format, args...)} }
