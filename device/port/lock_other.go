//go:build !unix

package port

import "io"

// lock does nothing: Windows opens a port only once.
func lock(string) (io.Closer, error) { return nothing{}, nil }

type nothing struct{}

func (nothing) Close() error { return nil }
