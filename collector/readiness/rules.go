package readiness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"earshot/assets"
)

// Rules are what laws and good practice ask for.
type Rules struct {
	Version string `json:"version"`
	AsOf    string `json:"as_of"` // state of the law, "2026-11-28"
	Rules   []Rule `json:"rules"`
}

// Rule is one of them.
type Rule struct {
	ID        string `json:"id"`    // "DE-1"
	Law       Law    `json:"law"`   // whose
	Check     Check  `json:"check"` // what decides
	Source    string `json:"source"`
	Paragraph string `json:"paragraph"`
	Since     string `json:"since,omitempty"` // the day from which it holds, "2006-01-02"
	By        string `json:"by,omitempty"`    // the day by which it has to be met
	// Media are those that it is about, in the words of wmbus.Address.Medium.
	Media    []string `json:"media"`
	Advice   bool     `json:"advice,omitempty"`   // good practice or a specification, no law
	Building bool     `json:"building,omitempty"` // about all devices together
	House    bool     `json:"house,omitempty"`    // only about meters that are in no flat
	Unsure   bool     `json:"unsure,omitempty"`   // what it asks for is known from secondary sources
	Short    Texts    `json:"short"`              // head of a column
	What     Texts    `json:"what"`               // what is asked for
	Evidence Texts    `json:"evidence"`           // what shows it
}

// Texts are one text by language: "en", "da", "de".
type Texts map[string]string

// In is the text in a language; English if it has none.
func (t Texts) In(language string) string {
	if text := t[language]; text != "" {
		return text
	}
	return t["en"]
}

// Law is where a rule comes from.
type Law string

// The laws.
const (
	LawEU     Law = "EU"
	LawDE     Law = "DE"
	LawDK     Law = "DK"
	LawOMS    Law = "OMS"
	LawAdvice Law = "advice"
)

var laws = []Law{LawEU, LawDE, LawDK, LawOMS, LawAdvice}

// Duty reports whether it is a law, not a specification or advice.
func (l Law) Duty() bool { return l == LawEU || l == LawDE || l == LawDK }

// Holds reports whether it holds in a country ("DE", "DK"); "" stands for all.
func (l Law) Holds(country string) bool {
	return country == "" || l != LawDE && l != LawDK || strings.EqualFold(string(l), country)
}

// Countries are those that have laws of their own.
func Countries() []string { return []string{string(LawDE), string(LawDK)} }

// Embedded are the rules of assets/readiness.
var Embedded = sync.OnceValue(func() Rules {
	rules, err := Parse(assets.ReadinessRules())
	if err != nil {
		panic("assets/readiness: " + err.Error()) // a test reads them
	}
	return rules
})

// Parse reads rules. The format is that of docs/readiness.md#rules.
func Parse(text []byte) (Rules, error) {
	var out Rules
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&out); err != nil {
		return Rules{}, err
	}
	if out.Version == "" || !isDay(out.AsOf) {
		return Rules{}, errors.New("version and as_of, a day, are missing")
	}
	seen := map[string]bool{}
	for i := range out.Rules {
		r := &out.Rules[i]
		if err := r.check(); err != nil {
			return Rules{}, fmt.Errorf("rule %d, %q: %w", i+1, r.ID, err)
		}
		if seen[r.ID] {
			return Rules{}, fmt.Errorf("rule %d: there is another one with the id %q", i+1, r.ID)
		}
		seen[r.ID] = true
	}
	if len(out.Rules) == 0 {
		return Rules{}, errors.New("there are no rules")
	}
	return out, nil
}

// check returns what is wrong with a rule, nil if nothing is.
func (r *Rule) check() error {
	switch {
	case r.ID == "":
		return errors.New("it has no id")
	case !slices.Contains(laws, r.Law):
		return fmt.Errorf("law %q must be one of %v", r.Law, laws)
	case !slices.Contains(Checks(), r.Check):
		return fmt.Errorf("check %q must be one of %v", r.Check, Checks())
	case r.Source == "":
		return errors.New("it names no source")
	case len(r.Media) == 0:
		return errors.New("it names no media")
	case r.Since != "" && !isDay(r.Since), r.By != "" && !isDay(r.By):
		return errors.New("since and by must be days such as 2026-12-31")
	case r.Short["en"] == "" || r.What["en"] == "" || r.Evidence["en"] == "":
		return errors.New("it lacks an English text")
	case r.Advice == r.Law.Duty():
		return errors.New("a law is no advice, and all else is")
	}
	return nil
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
