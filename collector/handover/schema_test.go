package handover_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"earshot/collector/handover"
)

// schemaFile is the schema, which is made of the types of the document.
const schemaFile = "../../assets/schema/handover.schema.json"

// TestSchemaFile: the schema is that of the types: run with -update after a change.
func TestSchemaFile(t *testing.T) {
	t.Parallel()
	m := schemaMaker{defs: map[string]any{}, says: comments(t)}
	root := m.of(reflect.TypeFor[handover.Document]())
	all := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "earshot's hand-over protocol",
		"description": "The hand-over protocol of a campaign, docs/report.md. Members are added without raising the schema's number.",
		"$ref":        root["$ref"], "$defs": m.defs,
	}
	got, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(schemaFile, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(schemaFile); err != nil || string(want) != string(got) {
		t.Errorf("%s is not that of the types (%v): run with -update, and read the diff", schemaFile, err)
	}
}

// enums are the values of types that have few.
var enums = map[reflect.Type][]any{
	reflect.TypeFor[handover.State]():    {handover.Draft, handover.WithExceptions, handover.Complete},
	reflect.TypeFor[handover.KeyState](): {handover.KeyFits, handover.KeyMissing, handover.KeyWrong, handover.KeyNotNeeded, handover.KeyUntried, handover.KeyUnknown},
	reflect.TypeFor[handover.Who]():      {handover.WhoOwner, handover.WhoInstaller, handover.WhoSupplier, handover.WhoOperator},
	reflect.TypeFor[handover.Result]():   {handover.Met, handover.NotMet, handover.Unjudged, handover.OutOfScope},
}

// fixed are members that say more than their type.
var fixed = map[string]map[string]any{
	"Document.kind":     {"const": handover.Kind},
	"Document.schema":   {"type": "integer", "minimum": 1},
	"Document.revision": {"type": "integer", "minimum": 1},
	"Document.language": {"enum": []any{"en", "da", "de"}},
	"Step.state":        {"enum": []any{"passed", "failed", "open", "none"}},
	"Verdict.mark":      {"enum": []any{"ok", "alarm", "failed", "silent", "waiting"}},
	"Point.kind":        {"enum": []any{"failed", "not_judged", "waiting", "alarm", "list"}},
	"Correction.kind":   {"enum": []any{"number", "key", "accepted", "added"}},
	"Radio.unit":        {"enum": []any{"dBm", "relative"}},
}

type schemaMaker struct {
	defs map[string]any
	says map[string]string // comments, by type and field
}

func (m *schemaMaker) of(t reflect.Type) map[string]any {
	switch {
	case enums[t] != nil:
		return map[string]any{"enum": enums[t]}
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.Number]():
		return map[string]any{"type": "number"}
	case t == reflect.TypeFor[json.RawMessage]():
		return map[string]any{"type": "object"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": m.of(t.Elem())}
	case reflect.Struct:
		if m.defs[t.Name()] == nil {
			m.object(t)
		}
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	return map[string]any{"type": "integer"}
}

// object defines a struct. Members without omitempty are required.
func (m *schemaMaker) object(t reflect.Type) {
	properties, required := map[string]any{}, []string{}
	def := map[string]any{"type": "object", "properties": properties}
	if says := m.says[t.Name()]; says != "" {
		def["description"] = says
	}
	m.defs[t.Name()] = def
	m.members(t, t.Name(), properties, &required)
	def["required"] = required
}

func (m *schemaMaker) members(t reflect.Type, owner string, properties map[string]any, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			m.members(f.Type, owner, properties, required)
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if rest == "" {
			*required = append(*required, name)
		}
		own := m.of(f.Type)
		if special := fixed[owner+"."+name]; special != nil {
			own = map[string]any{}
			for k, v := range special {
				own[k] = v
			}
		}
		if says := m.says[t.Name()+"."+f.Name]; says != "" {
			own["description"] = says
		}
		properties[name] = own
	}
}

// comments are those of the package's types and their fields.
func comments(t *testing.T) map[string]string {
	says := map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			decl, is := n.(*ast.GenDecl)
			if !is || decl.Tok != token.TYPE {
				return true
			}
			for _, spec := range decl.Specs {
				one := spec.(*ast.TypeSpec)
				fields, is := one.Type.(*ast.StructType)
				if !is {
					continue
				}
				says[one.Name.Name] = oneLine(decl.Doc)
				for _, f := range fields.Fields.List {
					for _, field := range f.Names {
						says[one.Name.Name+"."+field.Name] = oneLine(f.Comment)
					}
				}
			}
			return true
		})
	}
	return says
}

func oneLine(c *ast.CommentGroup) string {
	if c == nil {
		return ""
	}
	return strings.Join(strings.Fields(c.Text()), " ")
}
