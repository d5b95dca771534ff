package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

// layer says which packages of this module some packages may import.
type layer struct {
	packages string   // space-separated; a name that ends with /* stands for all packages directly below
	imports  []string // a name that ends with /* likewise
}

// Imports that many packages share.
var (
	driverImports = []string{"device", "device/dongle", "device/mqttconn", "device/port", "device/text", "device/wmbus"}
	engineImports = []string{
		"collector/keys", "collector/receivers", "collector/reading", "collector/silence", "collector/site", "collector/state",
		"collector/store", "collector/upload", "collector/upload/format", "collector/words", "device", "device/mqttconn", "device/wmbus",
	}
)

// layers are the directions of docs/design.md#the-house: the first entry that names a
// package holds. A package that none names fails the test.
var layers = []layer{
	{packages: "assets", imports: nil},
	{packages: "assets/generate", imports: []string{"device", "device/replay", "device/simulate"}},
	{packages: "cmd/earshot/lists", imports: []string{"device/wmbus", "collector/imports", "collector/imports/*", "collector/report", "collector/site", "collector/words"}},
	{packages: "cmd/earshot/handover", imports: []string{"assets", "cmd/earshot/lists", "collector", "collector/*", "collector/handover/*"}},
	{packages: "cmd/earshot/setup", imports: []string{"cmd/earshot/lists", "collector/report", "collector/site", "collector/store", "collector/words", "device", "device/all", "device/detect", "device/mqttconn", "device/port", "tui", "tui/setup"}},
	{packages: "cmd/earshot", imports: []string{"assets", "cmd/earshot/setup", "cmd/earshot/handover", "cmd/earshot/lists", "collector", "collector/*", "collector/store/*", "collector/upload/*", "device", "device/*", "tui", "tui/plain", "tui/screen"}},
	{packages: "tui", imports: []string{"collector", "collector/state", "collector/words", "tui/*"}},
	{packages: "tui/look", imports: []string{"collector/state", "collector/words", "device"}},
	{packages: "tui/plot", imports: nil},
	{packages: "tui/screen", imports: []string{"collector/handover", "collector/reading", "collector/state", "collector/words", "device/wmbus", "tui/look"}},
	{packages: "tui/setup", imports: []string{"collector/state", "collector/words", "device/mqttconn", "tui/look", "tui/screen"}},
	{packages: "tui/*", imports: []string{"collector/label", "collector/handover", "collector/reading", "collector/report", "collector/site", "collector/state", "collector/trace", "collector/words", "device", "device/wmbus", "tui/look", "tui/plot", "tui/screen"}},

	// The core: it knows nothing of the engine.
	{packages: "collector/site", imports: []string{"device/wmbus"}},
	{packages: "collector/label", imports: []string{"device/wmbus"}},
	{packages: "collector/reading", imports: []string{"device", "device/wmbus"}},
	{packages: "collector/silence", imports: []string{"assets", "device", "device/wmbus"}},
	{packages: "collector/keys", imports: []string{"collector/site", "device/wmbus"}},
	{packages: "collector/trace", imports: nil},
	{packages: "collector/state", imports: []string{"collector/keys", "collector/label", "collector/reading", "collector/silence", "collector/site", "collector/trace", "device", "device/wmbus"}},
	{packages: "collector/decimal", imports: []string{"device/wmbus"}},
	{packages: "collector/evidence", imports: []string{"collector/reading", "collector/store", "device", "device/wmbus"}},
	{packages: "collector/evidence/evidencetest", imports: []string{"assets", "collector", "collector/evidence", "collector/site", "collector/state", "collector/store", "device", "device/wmbus"}},
	{packages: "collector/readiness", imports: []string{"assets", "collector/evidence", "collector/site", "collector/state", "collector/words", "device/wmbus"}},
	{packages: "collector/settlement", imports: []string{"collector/decimal", "collector/evidence", "collector/site", "collector/state", "collector/words", "device/wmbus"}},
	{packages: "collector/compare", imports: []string{"collector/decimal", "collector/reading", "collector/site", "collector/state", "collector/words", "device", "device/wmbus"}},
	{packages: "collector/imports/finding collector/imports/vault", imports: nil},
	{packages: "collector/imports/table", imports: []string{"collector/imports/finding"}},
	{packages: "collector/imports", imports: []string{"collector/imports/finding", "collector/imports/table", "collector/label", "collector/site", "device/wmbus"}},
	{packages: "collector/words", imports: []string{"assets", "collector/imports/finding", "collector/keys", "collector/reading", "collector/silence", "collector/site", "collector/state", "device", "device/wmbus"}},

	{packages: "collector/store", imports: []string{"device"}},
	{packages: "collector/upload", imports: []string{"collector/store", "device/mqttconn"}},
	{packages: "collector/store/storetest collector/upload/broker collector/upload/brokertest", imports: nil},
	{packages: "collector/upload/format", imports: []string{"collector/reading", "collector/upload", "device", "device/mqttconn", "device/wmbus"}},
	{packages: "collector/receivers", imports: []string{"device"}},
	{packages: "collector/share", imports: []string{"collector/receivers", "device", "device/wmbus"}},
	{packages: "collector/forward", imports: []string{"collector/receivers", "collector/upload", "device", "device/mqttconn", "device/replay"}},
	{packages: "collector", imports: engineImports},
	{packages: "collector/batch", imports: append(engineImports, "collector", "collector/share")},
	{packages: "collector/handover", imports: append(engineImports, "collector", "collector/decimal", "collector/evidence", "collector/readiness", "collector/settlement")},
	{packages: "collector/handover/handovertest", imports: []string{"assets", "collector/handover", "collector/imports", "collector/site", "collector/state", "collector/store", "device", "device/replay", "device/simulate", "device/wmbus"}},
	{packages: "collector/handover/html collector/handover/pdf collector/handover/xlsx", imports: []string{"collector/handover/paper"}},
	{packages: "collector/seal", imports: []string{"collector", "collector/site", "collector/state", "collector/store", "device", "device/wmbus"}},
	{packages: "collector/handover/*", imports: []string{"assets", "collector/handover", "collector/words"}},
	{packages: "collector/report", imports: append(engineImports, "collector", "collector/batch", "collector/forward", "collector/imports", "collector/imports/finding", "collector/seal", "device/detect", "device/port")},

	{packages: "collector/crash collector/duration collector/ration device device/mqttconn device/printable device/wait device/wmbus", imports: nil},
	{packages: "device/text", imports: []string{"device", "device/wmbus"}},
	{packages: "device/port", imports: []string{"device"}},
	{packages: "device/dongle", imports: []string{"device", "device/port", "device/wmbus"}},
	{packages: "device/detect", imports: []string{"device", "device/dongle", "device/port"}},
	{packages: "device/simulate", imports: []string{"device", "device/wmbus"}},
	{packages: "device/dongletest", imports: []string{"device", "device/port", "device/wmbus"}},
	{packages: "device/devicetest", imports: []string{"device", "device/dongle", "device/dongletest", "device/port"}},
	{packages: "device/all", imports: []string{"device", "device/*"}},
	{packages: "device/*", imports: driverImports},
}

// common are packages that know nothing, for all that lies above them.
var common = map[string][]string{
	"collector": {"collector/crash", "collector/duration", "collector/ration", "device/printable", "device/wait"},
	"tui":       {"collector/crash", "collector/duration", "device/printable"},
	"cmd":       {"collector/crash", "collector/duration", "collector/ration", "device/printable", "device/wait"},
	"device":    {"device/printable", "device/wait"},
}

// layerOf finds the entry of a package.
func layerOf(pkg string) (layer, bool) {
	for _, l := range layers {
		if matches(strings.Fields(l.packages), pkg) {
			return l, true
		}
	}
	return layer{}, false
}

// matches reports whether a package is one of the names.
func matches(names []string, pkg string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		below, tree := strings.CutSuffix(name, "/*")
		return name == pkg || tree && path.Dir(pkg) == below
	})
}

// foreign are packages of others that some of ours must not import.
var foreign = []struct {
	from    []string // ours; a name with /* stands for those directly below, device/* for every driver
	imports []string // a name with /... stands for all below
	why     string
}{
	{from: []string{"device/wmbus", "collector/keys", "collector/silence", "collector/state", "collector/reading", "collector/words"},
		imports: []string{"os", "os/exec", "net", "net/http", "syscall", "log", "database/sql", "math/rand", "math/rand/v2"},
		why:     "it is pure: no I/O, no logger, no chance"},
	{from: []string{"device", "device/*", "collector", "collector/*", "collector/upload/*"},
		imports: []string{"charm.land/bubbletea/v2", "charm.land/bubbles/v2/...", "charm.land/lipgloss/v2"}, why: "it knows no screen"},
	{from: []string{"tui", "tui/*"}, imports: []string{"database/sql", "net", "go.bug.st/serial", "github.com/eclipse/paho.golang/..."}, why: "the screen is a picture of the state"},
}

// forbidden are functions and statements that some packages must not use.
var forbidden = []struct {
	in   []string
	uses []string // package.Name; "go" is the statement
	why  string
}{
	{in: []string{"device/wmbus", "collector/keys", "collector/silence", "collector/state", "collector/reading", "collector/words"},
		uses: []string{"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.AfterFunc", "time.Tick", "time.NewTimer", "time.NewTicker", "go",
			"log/slog.Default", "log/slog.New", "log/slog.Debug", "log/slog.Info", "log/slog.Warn", "log/slog.Error", "log/slog.Log"},
		why: "it is pure: time comes in as data, and nothing runs beside it"},
	{in: []string{"collector/site", "collector/store", "collector/report"}, uses: []string{"time.Sleep"}, why: "it waits for nothing"},
}

const module = "earshot/"

// house loads every package of the module once.
var house = sync.OnceValues(func() ([]*packages.Package, error) {
	mode := packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo
	return packages.Load(&packages.Config{Mode: mode, Dir: "../.."}, module+"...")
})

// eachPackage calls check for every package with its name within the module.
func eachPackage(t *testing.T, check func(name string, pkg *packages.Package)) {
	t.Helper()
	all, err := house()
	if err != nil || len(all) < 30 {
		t.Fatalf("%d packages loaded, %v", len(all), err)
	}
	for _, pkg := range all {
		for _, err := range pkg.Errors {
			t.Errorf("%s: %v", pkg.PkgPath, err)
		}
		check(strings.TrimPrefix(pkg.PkgPath, module), pkg)
	}
}

// TestImportsPointDownwards holds the table of layers for every package.
func TestImportsPointDownwards(t *testing.T) {
	t.Parallel()
	eachPackage(t, func(name string, pkg *packages.Package) {
		l, found := layerOf(name)
		if !found {
			t.Errorf("%s: no layer names it: add it to the table of layers", name)
		}
		part, _, _ := strings.Cut(name, "/")
		for imported := range pkg.Imports {
			if own, is := strings.CutPrefix(imported, module); is && !matches(l.imports, own) && !slices.Contains(common[part], own) {
				t.Errorf("%s imports %s, which it must not know", name, own)
			}
			if imported == "testing" && !strings.HasSuffix(name, "test") {
				t.Errorf("%s imports testing outside its tests", name)
			}
			for _, f := range foreign {
				if matches(f.from, name) && slices.ContainsFunc(f.imports, func(p string) bool { return isBelow(imported, p) }) {
					t.Errorf("%s imports %s: %s", name, imported, f.why)
				}
			}
		}
	})
}

// isBelow reports whether a package is named, or below a name that ends with /...
func isBelow(pkg, name string) bool {
	tree, is := strings.CutSuffix(name, "/...")
	return pkg == name || is && (pkg == tree || strings.HasPrefix(pkg, tree+"/"))
}

// TestForbiddenUses finds what the compiler resolves to a forbidden function,
// under whatever name it was imported, and also where it is not called.
func TestForbiddenUses(t *testing.T) {
	t.Parallel()
	eachPackage(t, func(name string, pkg *packages.Package) {
		for _, f := range forbidden {
			if !matches(f.in, name) {
				continue
			}
			for ident, obj := range pkg.TypesInfo.Uses {
				if obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() && slices.Contains(f.uses, obj.Pkg().Path()+"."+obj.Name()) {
					t.Errorf("%s uses %s.%s: %s", pkg.Fset.Position(ident.Pos()), obj.Pkg().Path(), obj.Name(), f.why)
				}
			}
			for _, file := range pkg.Syntax {
				ast.Inspect(file, func(n ast.Node) bool {
					if _, is := n.(*ast.GoStmt); is && slices.Contains(f.uses, "go") {
						t.Errorf("%s starts a goroutine: %s", pkg.Fset.Position(n.Pos()), f.why)
					}
					return true
				})
			}
		}
	})
}

// mutableVars are the package-level variables that may change, with the reason.
var mutableVars = map[string]string{
	"device/port.ForkLock": "of package syscall, and meant for this: a port that is opened while a process starts would be its own too",
}

// TestNoGlobalState finds init functions and package-level variables that code
// assigns to, or calls a method of that may change them.
func TestNoGlobalState(t *testing.T) {
	t.Parallel()
	eachPackage(t, func(name string, pkg *packages.Package) {
		g := globals{pkg: pkg}
		for _, file := range pkg.Syntax {
			ast.Inspect(file, g.visit)
		}
		for _, found := range g.found {
			if reason := mutableVars[name+"."+found.name]; reason == "" {
				t.Errorf("%s: %s is package-level state: hand it in, or list it in mutableVars with the reason", pkg.Fset.Position(found.at), found.name)
			}
		}
	})
}

// globals finds package-level state.
type globals struct {
	pkg   *packages.Package
	found []foundVar
}

type foundVar struct {
	at   token.Pos
	name string
}

func (g *globals) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Recv == nil && n.Name.Name == "init" {
			g.found = append(g.found, foundVar{n.Pos(), "init"})
		}
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			g.change(left)
		}
	case *ast.IncDecStmt:
		g.change(n.X)
	case *ast.RangeStmt:
		g.change(n.Key)
		g.change(n.Value)
	case *ast.CallExpr:
		g.call(n)
	}
	return true
}

// call finds clear(x), delete(x, k), copy(x, y) and methods with pointer receivers.
func (g *globals) call(n *ast.CallExpr) {
	switch f := ast.Unparen(n.Fun).(type) {
	case *ast.Ident:
		if _, builtin := g.pkg.TypesInfo.Uses[f].(*types.Builtin); builtin && slices.Contains([]string{"clear", "copy", "delete"}, f.Name) {
			g.change(n.Args[0])
		}
	case *ast.SelectorExpr:
		selection := g.pkg.TypesInfo.Selections[f]
		if selection == nil || selection.Kind() != types.MethodVal {
			return
		}
		receiver := selection.Obj().Type().(*types.Signature).Recv().Type()
		_, byPointer := receiver.(*types.Pointer)
		_, pointerVar := selection.Recv().Underlying().(*types.Pointer)
		if byPointer && !pointerVar {
			g.change(f.X)
		}
	}
}

// change notes an expression that is changed, if a package-level variable is its root.
func (g *globals) change(e ast.Expr) {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SelectorExpr:
			if obj, is := g.pkg.TypesInfo.Uses[x.Sel].(*types.Var); is && !obj.IsField() {
				e = x.Sel // a variable of another package
			} else {
				e = x.X
			}
		case *ast.Ident:
			v, is := g.pkg.TypesInfo.Uses[x].(*types.Var)
			if is && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
				g.found = append(g.found, foundVar{x.Pos(), v.Name()})
			}
			return
		default:
			return
		}
	}
}
