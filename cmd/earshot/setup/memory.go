package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/adrg/xdg"

	"earshot/cmd/earshot/lists"
	"earshot/tui/setup"
)

// maxSites is how many sites are remembered.
const maxSites = 50

// maxMemory bounds the file that is read.
const maxMemory = 1 << 20

// memory is the file with the sites of earlier campaigns. It holds neither keys nor
// passwords.
type memory struct{ path string }

// memoryOfUser is the file of the user; "" if there is no place for it.
func memoryOfUser() memory {
	path, err := xdg.StateFile(filepath.Join("earshot", "sites.json"))
	if err != nil {
		return memory{}
	}
	return memory{path}
}

// sites are those that are remembered, the last one first. A file that cannot be read
// says nothing.
func (m memory) sites() (all []setup.Site) {
	in, err := os.Open(m.path)
	if err != nil {
		return nil
	}
	defer in.Close()
	if json.NewDecoder(io.LimitReader(in, maxMemory)).Decode(&all) != nil {
		return nil
	}
	all = slices.DeleteFunc(all, func(s setup.Site) bool { return s.List == "" })
	return all[:min(len(all), maxSites)]
}

// remember puts a site first.
func (m memory) remember(site setup.Site) error {
	if m.path == "" {
		return errors.New("no folder for the state of programs: set XDG_STATE_HOME")
	}
	site.Broker = withoutLogin(site.Broker)
	for i := range site.Receivers {
		site.Receivers[i] = withoutLogin(site.Receivers[i])
	}
	all := slices.DeleteFunc(m.sites(), func(s setup.Site) bool { return s.List == site.List })
	all = slices.Insert(all, 0, site)
	text, err := json.MarshalIndent(all[:min(len(all), maxSites)], "", "  ")
	if err == nil {
		err = lists.WriteFile(m.path, func(w io.Writer) error {
			_, err := w.Write(append(text, '\n'))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("the set-up of this site is not remembered: %w", err)
	}
	return nil
}

// withoutLogin removes a login from an address; what is none stays as it is.
func withoutLogin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	u.User = nil
	return u.String()
}
