package assets

import (
	"embed"
	"strings"
)

//go:embed languages
var languages embed.FS

// Languages returns the sentences of a language such as "da": TOML files by their
// names, as collector/words reads them; none if there are none. A file is named
// SUBJECT.LANGUAGE.toml.
func Languages(language string) map[string][]byte {
	entries, err := languages.ReadDir("languages")
	if err != nil {
		panic("assets: " + err.Error()) // the compiler embedded it
	}
	found := map[string][]byte{}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, "."+language+".toml") {
			text, err := languages.ReadFile("languages/" + name)
			if err != nil {
				panic("assets: " + err.Error())
			}
			found[name] = text
		}
	}
	return found
}
