package assets

import _ "embed"

//go:embed profiles/meters.json
var profiles []byte

// Profiles returns how families of meters transmit, as collector/silence reads
// it. docs/profiles.md describes the format.
func Profiles() []byte { return append([]byte(nil), profiles...) }
