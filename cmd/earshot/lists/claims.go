package lists

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"

	"earshot/collector/imports"
	"earshot/device/wmbus"
)

// claimedEnding is what the file with the claimed meters of a list has behind the list's
// name. It is read together with the list.
const claimedEnding = ".claimed.csv"

// withAll is a list and the files next to it: its keys, and the meters that were claimed.
func withAll(list string) []string {
	files := withCompanion(list)
	if info, err := os.Stat(list + claimedEnding); err == nil && !info.IsDir() {
		files = append(files, list+claimedEnding)
	}
	return files
}

// Claim is a meter that the installer found and takes into the list.
type Claim struct {
	Address wmbus.Address
	Place   string
}

// AddClaims writes claimed meters into the file next to a list, and returns its name.
// What the file has already stays as it is. The error says what to do.
func AddClaims(list string, claims []Claim) (path string, err error) {
	path = list + claimedEnding
	all := &imports.Result{}
	if _, err := os.Stat(path); err == nil {
		if all, err = imports.ReadFiles([]string{path}, imports.Options{}); err != nil {
			return "", fileError(err)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if len(all.Rejected) > 0 {
		return "", fmt.Errorf("%s has rows that cannot be used: correct or remove it first", path)
	}
	known := map[wmbus.Address]bool{}
	for i := range all.Rows {
		m := &all.Rows[i].Meter
		known[wmbus.Address{Manufacturer: m.Manufacturer, ID: m.ID}] = true
	}
	var text bytes.Buffer
	out := csv.NewWriter(&text)
	_ = out.Write([]string{"number", "manufacturer", "place", "medium"})
	for _, c := range claims {
		bare := wmbus.Address{Manufacturer: c.Address.Manufacturer, ID: c.Address.ID}
		if known[bare] {
			continue
		}
		known[bare] = true
		medium := ""
		if c.Address.Type != 0 {
			medium = c.Address.Type.Medium()
		}
		_ = out.Write([]string{c.Address.ID.String(), c.Address.Manufacturer.String(), c.Place, medium})
	}
	out.Flush()
	added, err := imports.Read(&text, "claimed.csv", imports.Options{})
	switch {
	case err != nil:
		return "", fileError(err)
	case len(added.Rejected) > 0:
		return "", fmt.Errorf("%s cannot be in a list: %s", added.Rejected[0].Source.String(), rowError(added.Rejected[0].Reasons[0]).Reason)
	}
	all.Rows = append(all.Rows, added.Rows...)
	return path, WriteFile(path, all.WriteList)
}
