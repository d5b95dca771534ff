package evidencetest

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"earshot/assets"
)

// Valid checks a document against its schema, in which nothing but the members that are
// named there may be: a document of this version has no others.
func Valid(t testing.TB, name string, document []byte) error {
	t.Helper()
	text, ok := assets.Schema(name)
	if !ok {
		t.Fatalf("there is no schema %s", name)
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	closed(raw)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, raw); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(v)
}

// closed makes other members than those that are named an error.
func closed(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, object := v["properties"]; object && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			closed(inner)
		}
	case []any:
		for _, inner := range v {
			closed(inner)
		}
	}
}
