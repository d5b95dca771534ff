package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"earshot/collector/store"
)

// The files of every seal. All others are documents.
const (
	logName       = "log.jsonl"        // the campaign's log
	listName      = "list.json"        // the list without keys
	keyName       = "signer.pub"       // the public half of the key that signed
	infoName      = "seal.json"        // what the seal is of
	manifestName  = "manifest"         // SHA-256 of each file above
	signatureName = "manifest.minisig" // the signature over the manifest
)

// own are the files of every seal in the order of the archive. Documents come after
// the list.
var own = []string{logName, listName, keyName, infoName, manifestName, signatureName}

// Schema is the version of the form. Members are added without raising it.
const Schema = 1

// kind is the first member of seal.json.
const kind = "earshot seal"

// Info says what a seal is of: the content of seal.json
// (assets/schema/seal.schema.json).
type Info struct {
	Kind     string            `json:"kind"`
	Schema   int               `json:"schema"`
	Program  Program           `json:"program"`
	Title    string            `json:"title"` // of the protocol, as the signature's trusted comment says it
	Campaign Campaign          `json:"campaign"`
	AsOf     time.Time         `json:"as_of"` // the last time in the log
	Log      Chain             `json:"log"`
	Signer   string            `json:"signer"` // public key, as minisign takes it
	Words    []string          `json:"signer_words"`
	Packed   map[string]string `json:"packed_sha256"` // of compressed files as they are in the archive
}

// Program is what made the seal.
type Program struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Go      string `json:"go"`
	Rules   int    `json:"verdict_rules"` // state.VerdictRules
}

// Campaign is what the store says of the campaign.
type Campaign struct {
	ID          int64      `json:"id"`
	Site        string     `json:"site"`
	Start       time.Time  `json:"start"`
	End         *time.Time `json:"end,omitempty"`
	Fingerprint string     `json:"list_fingerprint"` // of the list that the campaign was last run with
}

// Chain is the log as a whole.
type Chain struct {
	Entries   int    `json:"entries"`
	Telegrams int    `json:"telegrams"`
	Actions   int    `json:"actions"`
	Head      string `json:"head_sha256"` // hash of the last entry, of zeros if there is none
}

func campaignOf(c store.Campaign) Campaign {
	out := Campaign{ID: c.ID, Site: c.Site, Start: c.Start.UTC(), Fingerprint: c.Fingerprint}
	if !c.End.IsZero() {
		end := c.End.UTC()
		out.End = &end
	}
	return out
}

// Store is the campaign as the store has it, without the path of its list.
func (c Campaign) Store() store.Campaign {
	out := store.Campaign{ID: c.ID, Site: c.Site, Start: c.Start, Fingerprint: c.Fingerprint}
	if c.End != nil {
		out.End = *c.End
	}
	return out
}

// parseInfo reads seal.json.
func parseInfo(text []byte) (in Info, err error) {
	if err := json.Unmarshal(text, &in); err != nil {
		return in, err
	}
	switch {
	case in.Kind != kind:
		return in, errors.New("it does not say that it is of a sealed protocol")
	case in.Schema > Schema:
		return in, fmt.Errorf("%w %d, this version of earshot knows %d", errNewer, in.Schema, Schema)
	}
	return in, nil
}

// errNewer is a seal of a later version.
var errNewer = errors.New("it has the form")

// encode writes a value as JSON for people to read.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// manifest writes the sums as `sha256sum -c` reads them.
func manifest(sums []sum) []byte {
	var b strings.Builder
	for _, s := range sums {
		fmt.Fprintf(&b, "%s  %s\n", s.plain, s.name)
	}
	return []byte(b.String())
}

// parseManifest reads what manifest wrote, and nothing else.
func parseManifest(text []byte) (sums []sum, err error) {
	for line := range strings.Lines(string(text)) {
		s := sum{}
		var found bool
		s.plain, s.name, found = strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if len(sums) >= maxMembers || !found || !isHash(s.plain) || !memberName.MatchString(s.name) || s.name == manifestName || s.name == signatureName {
			return nil, fmt.Errorf("line %d is not a sum and a name", len(sums)+1)
		}
		sums = append(sums, s)
	}
	if !bytes.Equal(manifest(sums), text) {
		return nil, errors.New("it does not end as it should")
	}
	return sums, nil
}

// isHash reports whether a text is a SHA-256 in lower case.
func isHash(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}
