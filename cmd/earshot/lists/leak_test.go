package lists

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/collector/words"
)

// TestKeysStayIn imports lists with keys in every place that a key does not
// belong to: nothing that is printed has one, not even a part of one.
func TestKeysStayIn(t *testing.T) {
	t.Parallel()
	const key = "9F3A1C5E7B2D4680A1B2C3D4E5F60718"
	for name, text := range map[string]string{
		"in its column":     "id;key\n11223344;" + key + "\n",
		"in the number":     "id;key\n" + key + ";11223344\n11223345;" + key + "\n",
		"in texts":          "id;entrance;room;note;medium\n11223344;" + key + ";" + key + ";" + key + ";" + key + "\n11223345;;;;\n",
		"in the header":     "id;" + key + "\n11223344;x\n",
		"as a maker":        "id;manufacturer;timeout\n11223344;" + key + ";" + key + "\n",
		"in a title":        key + "\nid;room\n11223344;bath\nTotal " + key + ";\n",
		"too short":         "id;key\n11223344;" + key[:31] + "\n11223345;" + key[:20] + "\n",
		"too long":          "id;key\n11223344;" + key + "77\n11223345;\n",
		"with a wrong sign": "id;key\n11223344;" + key[:31] + "X\n11223345;\n",
		"alone":             key + "\n",
		"in a message":      "Here it is:\n11223344 " + key + "\n" + key + "\n",
		"with two numbers":  "id;key\n11223344;" + key + "\n11223344;" + strings.Repeat("A1", 16) + "\n",
		"in JSON":           `[{"id":"11223344","key":"` + key + `","` + key + `":"x","name":"` + key + `"}]`,
		"in a file's name":  "id\n11223344\n",
		"without a number":  "id;key;room\n;" + key + ";bath\n11223345;;\n",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "list.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{path}, {path, "--json"}, {path, "-o", filepath.Join(dir, "out.csv")}} {
			var out, errs bytes.Buffer
			cmd := NewImport(Streams{In: strings.NewReader(""), Out: &out, Err: &errs, Lang: words.English})
			cmd.SetArgs(args)
			cmd.SetOut(&out)
			cmd.SetErr(&errs)
			cmd.SilenceErrors, cmd.SilenceUsage = true, true
			err := cmd.Execute()
			said := out.String() + errs.String()
			if err != nil {
				said += err.Error()
			}
			for _, shown := range []string{key, strings.ToLower(key), key[:10], key[8:18], key[20:30]} {
				if strings.Contains(said, shown) {
					t.Errorf("%s, %v: the key is printed:\n%s", name, args[1:], said)
					break
				}
			}
		}
	}
}
