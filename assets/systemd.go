package assets

import _ "embed"

//go:embed systemd/earshot@.service
var unit string

// SystemdUnit returns a systemd template unit with one instance per site. It
// starts SystemdProgram.
func SystemdUnit() string { return unit }

// SystemdProgram is the path at which the unit file expects earshot.
const SystemdProgram = "/usr/local/bin/earshot"
