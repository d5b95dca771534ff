//go:build !unix

package dongletest

import "errors"

func openPTY() (line, string, error) {
	return nil, "", errors.New("there are none on this system; use StartOn")
}
