package port

import (
	"fmt"
	"path/filepath"

	"earshot/device"
)

// Match lists the ports whose paths match a pattern (filepath.Match), with what the
// operating system knows about them. The error says what is wrong with the pattern.
func Match(pattern string) ([]device.Port, error) {
	paths, err := filepath.Glob(pattern) // sorted
	if err != nil {
		return nil, fmt.Errorf("%q is not a pattern of paths: %w", pattern, err)
	}
	known, _ := List() // on failure the ports have no USB ids
	ports := make([]device.Port, len(paths))
	for i, path := range paths {
		ports[i] = Describe(known, path)
	}
	return ports, nil
}

// Describe finds a port in a list by any of its names.
func Describe(known []device.Port, path string) device.Port {
	for _, p := range known {
		if p.Path == path || same(p.Path, path) {
			p.Path = path
			return p
		}
	}
	return device.Port{Path: path}
}

// same reports whether two names, either of which may be a link, are one port.
func same(a, b string) bool {
	realA, errA := filepath.EvalSymlinks(a)
	realB, errB := filepath.EvalSymlinks(b)
	return errA == nil && errB == nil && realA == realB
}
