package assets

import _ "embed"

//go:embed systemd/earshot@.service
var unit string

// SystemdUnit is a unit file for systemd, a template with one instance a site.
// It starts SystemdProgram.
func SystemdUnit() string { return unit }

// SystemdProgram is where the unit file looks for earshot.
const SystemdProgram = "/usr/local/bin/earshot"
