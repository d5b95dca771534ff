package main

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

var (
	messageName   = regexp.MustCompile(`(?m)^"([^"]+)" = `)
	messagePrefix = regexp.MustCompile(`^[a-z_.]+\.$`)
)

// TestEveryMessageIsThereAndUsed names messages that the code says and English does not
// have, and those that nothing says. Names that are put together are counted by their
// beginning, such as "advice.status.".
func TestEveryMessageIsThereAndUsed(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, file := range englishFiles(t) {
		for _, m := range messageName.FindAllStringSubmatch(read(t, file), -1) {
			known[m[1]] = true
		}
	}
	said := map[string]bool{}
	var prefixes []string
	eachPackage(t, func(_ string, pkg *packages.Package) {
		for _, file := range pkg.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					switch method, name := saidBy(pkg, n); {
					case method == "Term":
						prefixes = append(prefixes, name+".")
					case method != "" && !known[name]:
						t.Errorf("%s: there is no message %s", pkg.Fset.Position(n.Pos()), name)
					}
				case *ast.BasicLit:
					text := strings.Trim(n.Value, "\"`")
					said[text] = true
					if messagePrefix.MatchString(text) {
						prefixes = append(prefixes, text)
					}
				}
				return true
			})
		}
	})
	for name := range known {
		if !said[name] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			t.Errorf("nothing says %s", name)
		}
	}
}

// saidBy is the method of a language that a call uses, and the name of the message or
// of the kind of terms; "" for other calls, and for names that are put together.
func saidBy(pkg *packages.Package, call *ast.CallExpr) (method, name string) {
	fun, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 || pkg.TypesInfo.Selections[fun] == nil {
		return "", ""
	}
	said, is := pkg.TypesInfo.Selections[fun].Obj().(*types.Func)
	value := pkg.TypesInfo.Types[call.Args[0]].Value
	if !is || value == nil || value.Kind() != constant.String || !strings.Contains(said.FullName(), module+"collector/words.Language)") ||
		!slices.Contains([]string{"Say", "Plural", "Term"}, said.Name()) {
		return "", ""
	}
	return said.Name(), constant.StringVal(value)
}

// TestFirstUseIsTheSameInAllLanguages compares the headings, steps, flags and links of the
// pages.
func TestFirstUseIsTheSameInAllLanguages(t *testing.T) {
	t.Parallel()
	parts := regexp.MustCompile("(?m)^#+ |^[0-9]\\. |--[a-z]+|(?:    |`)earshot [a-z]+|`[a-zA-Z0-9?]`|\\([a-z-]+\\.md[^)]*\\)")
	of := func(page string) (found []string) {
		for _, part := range parts.FindAllString(read(t, page), -1) {
			if !strings.HasPrefix(part, "(first-use") && part != "--lang" {
				found = append(found, part)
			}
		}
		slices.Sort(found)
		return found
	}
	english := of("docs/first-use.md")
	for _, page := range []string{"docs/first-use.da.md", "docs/first-use.de.md"} {
		if got := of(page); len(got) < 20 || !slices.Equal(got, english) {
			t.Errorf("%s has\n%q, the English page\n%q", page, got, english)
		}
	}
}
