package assets

import _ "embed"

//go:embed readiness/rules.json
var readinessRules []byte

// ReadinessRules returns what laws and good practice ask of meters, as
// collector/readiness reads it. docs/readiness.md describes the format.
func ReadinessRules() []byte { return append([]byte(nil), readinessRules...) }
