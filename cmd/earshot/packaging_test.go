package main

import (
	"debug/buildinfo"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"earshot/assets"
	"earshot/device/all"
)

// TestRulesNameEveryDongle compares the udev rules with the USB numbers of the drivers.
func TestRulesNameEveryDongle(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../assets/packaging/60-earshot.rules")
	if err != nil {
		t.Fatal(err)
	}
	rules := string(text)
	for _, family := range all.Dongles() {
		for _, id := range family.USB {
			vendor, product, _ := strings.Cut(strings.ToLower(id), ":")
			if !strings.Contains(rules, `ATTRS{idVendor}=="`+vendor+`", ATTRS{idProduct}=="`+product+`"`) {
				t.Errorf("the rules lack %s of the %s", id, family.Name)
			}
		}
	}
}

// TestUnitNamesTheProgram: .ci/packages replaces this path in the unit.
func TestUnitNamesTheProgram(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../.ci/packages")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "s|"+assets.SystemdProgram+"|/usr/bin/earshot|") || strings.Count(assets.SystemdUnit(), assets.SystemdProgram) != 1 {
		t.Errorf("the packages' unit does not start /usr/bin/earshot in place of %s", assets.SystemdProgram)
	}
}

// TestNoticesNameWhatIsLinked compares the notices with a build of the program.
func TestNoticesNameWhatIsLinked(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "earshot")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil || len(info.Deps) < 20 {
		t.Fatalf("%v, %v", info, err)
	}
	notices, err := exec.CommandContext(t.Context(), "../../.ci/notices", runtime.GOOS+"/"+runtime.GOARCH).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range info.Deps {
		_, text, found := strings.Cut(string(notices), "\n"+dep.Path+" "+dep.Version+"\n")
		if text, _, _ = strings.Cut(text, "\n====="); !found || !strings.Contains(text, "\n--- ") || len(text) < 500 {
			t.Errorf("no licence of %s %s", dep.Path, dep.Version)
		}
	}
	if !strings.Contains(string(notices), "The Go Authors") {
		t.Error("no licence of Go")
	}
}

// TestSlowAudit runs make audit with a database that knows a vulnerability of a
// module that is used, and with one that cannot be reached.
func TestSlowAudit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const when = "2026-01-01T00:00:00Z"
	for name, text := range map[string]string{
		"index/db.json":      `{"modified":"` + when + `"}`,
		"index/vulns.json":   `[{"id":"GO-2026-0001","modified":"` + when + `"}]`,
		"index/modules.json": `[{"path":"github.com/gofrs/flock","vulns":[{"id":"GO-2026-0001","modified":"` + when + `"}]}]`,
		"ID/GO-2026-0001.json": `{"schema_version":"1.3.1","id":"GO-2026-0001","modified":"` + when + `","published":"` + when + `","summary":"a made-up one","affected":[{
			"package":{"name":"github.com/gofrs/flock","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],
			"ecosystem_specific":{"imports":[{"path":"github.com/gofrs/flock","symbols":["Flock.TryLock"]}]}}]}`,
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		db     string
		passes bool
		says   string
	}{
		{db: "file://" + dir, says: "GO-2026-0001"},
		{db: "http://127.0.0.1:1", passes: true, says: "no vulnerabilities were looked up, since the database http://127.0.0.1:1"},
	} {
		cmd := exec.CommandContext(t.Context(), "../../.ci/audit")
		cmd.Env = append(os.Environ(), "GOVULNDB="+c.db)
		out, err := cmd.CombinedOutput()
		if (err == nil) != c.passes || !strings.Contains(string(out), c.says) {
			t.Errorf("%s: %v\n%s", c.db, err, out)
		}
	}
}

// TestEveryDependencyHasAReason compares go.mod with docs/contributing.md.
func TestEveryDependencyHasAReason(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-m", "-f", "{{if not (or .Main .Indirect)}}{{.Path}}{{end}}", "all").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	_, table, _ := strings.Cut(read(t, "docs/contributing.md"), "## Dependencies")
	direct := strings.Fields(string(out))
	for _, module := range direct {
		if !strings.Contains(table, "| `"+module+"` | ") {
			t.Errorf("docs/contributing.md does not say what %s is for", module)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1) {
		if !slices.Contains(direct, m[1]) && m[1] != "honnef.co/go/tools" { // a tool
			t.Errorf("docs/contributing.md names %s, which go.mod does not require", m[1])
		}
	}
}

// TestVersionsHaveReasons looks for a reason for each version that is not a
// release, and compares the version of libc with the one that sqlite names.
func TestVersionsHaveReasons(t *testing.T) {
	t.Parallel()
	mod, page := read(t, "go.mod"), read(t, "docs/contributing.md")
	pseudo := regexp.MustCompile(`(?m)^\t(\S+) \S+[-.][0-9]{14}-[0-9a-f]{12}`).FindAllStringSubmatch(mod, -1)
	if len(pseudo) == 0 {
		t.Fatal("no pseudo-version found in go.mod")
	}
	for _, m := range pseudo {
		if !strings.Contains(page, "\n- `"+m[1]+"` ") {
			t.Errorf("docs/contributing.md does not say why %s has no release", m[1])
		}
	}
	graph, err := exec.Command("go", "mod", "graph").Output()
	if err != nil {
		t.Fatal(err)
	}
	sqlite := regexp.MustCompile(`modernc\.org/sqlite (v\S+)`).FindStringSubmatch(mod)[1]
	libc := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindStringSubmatch(mod)[1]
	if !strings.Contains(string(graph), "\nmodernc.org/sqlite@"+sqlite+" modernc.org/libc@"+libc+"\n") {
		t.Errorf("sqlite %s does not name libc %s: go get the version that it names", sqlite, libc)
	}
}
