package assets

import "embed"

//go:embed schema
var schemas embed.FS

// Schema is the JSON Schema of something that is published: "reading",
// "status", "homeassistant-sensor", "gateway" or "frame"; ok is false for other names.
func Schema(name string) (text []byte, ok bool) {
	text, err := schemas.ReadFile("schema/" + name + ".schema.json")
	return text, err == nil
}
