package device

import (
	"fmt"
	"slices"
	"strings"
)

// linkModes are the link modes of EN 13757-4 that a receiver can listen to
// (docs/protocol/linklayer.md#modes), as they are shown.
var linkModes = [...]LinkMode{
	"S1", "S1-m", "S2", "T1", "T2", "C1", "C2", "R2", "F2",
	"N1a", "N1b", "N1c", "N1d", "N1e", "N1f",
	"N2a", "N2b", "N2c", "N2d", "N2e", "N2f", "N2g",
}

// LinkModes returns all known link modes.
func LinkModes() []LinkMode { return slices.Clone(linkModes[:]) }

// ParseLinkMode reads a link mode in upper or lower case ("c1", "S1m", "s1-m").
func ParseLinkMode(text string) (LinkMode, error) {
	wanted := strings.ReplaceAll(strings.TrimSpace(text), "-", "")
	for _, m := range linkModes {
		if strings.EqualFold(wanted, strings.ReplaceAll(string(m), "-", "")) {
			return m, nil
		}
	}
	return "", fmt.Errorf("%q is not a link mode; the link modes are %s", text, JoinModes(linkModes[:], ", "))
}

// ParseLinkModes reads a list such as "c1,t1"; a mode named twice counts once.
func ParseLinkModes(text string) ([]LinkMode, error) {
	var modes []LinkMode
	for item := range strings.SplitSeq(text, ",") {
		m, err := ParseLinkMode(item)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(modes, m) {
			modes = append(modes, m)
		}
	}
	return modes, nil
}

// JoinModes joins link modes with sep: "C1+T1".
func JoinModes(modes []LinkMode, sep string) string {
	names := make([]string, len(modes))
	for i, m := range modes {
		names[i] = string(m)
	}
	return strings.Join(names, sep)
}
