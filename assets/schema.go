package assets

import "embed"

//go:embed schema
var schemas embed.FS

// Schema returns the JSON Schema of a published document: "reading", "status",
// "homeassistant-device", "gateway", "frame", "handover", "readiness", "settlement" or
// "compare". ok is false for other names.
func Schema(name string) (text []byte, ok bool) {
	text, err := schemas.ReadFile("schema/" + name + ".schema.json")
	return text, err == nil
}
