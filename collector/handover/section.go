package handover

import (
	"encoding/json"
	"time"

	"earshot/collector/readiness"
)

// Result is whether a meter meets a rule.
type Result string

// The results. A meter that was not heard cannot be judged: it is never NotMet for
// that.
const (
	Met        Result = "met"
	NotMet     Result = "not_met"
	Unjudged   Result = "cannot_be_judged"
	OutOfScope Result = "out_of_scope" // the rule is not about this medium
)

// Readiness is the evidence that remotely readable meters are asked for from
// 1 January 2027 on. It is evidence, not legal advice.
type Readiness struct {
	Country    string   `json:"country,omitempty"` // whose rules: "de", "dk"; "" for all
	AsOf       string   `json:"as_of"`             // state of the law, "2026-11-01"
	Version    string   `json:"rules_version"`
	Disclaimer string   `json:"disclaimer"`
	Owner      []string `json:"owner_page"` // for the owner, in plain words: paragraphs
	// Facts are what the details say: they decide, too.
	Facts   readiness.Circumstances `json:"circumstances"`
	Rules   []Rule                  `json:"rules"`
	Meters  []MeterReadiness        `json:"meters"`  // in the order of the list
	Summary ResultCounts            `json:"summary"` // meters: met is every rule of theirs
}

// ResultCounts counts results.
type ResultCounts struct {
	Met        int `json:"met"`
	NotMet     int `json:"not_met"`
	Unjudged   int `json:"cannot_be_judged"`
	OutOfScope int `json:"out_of_scope"`
}

// Rule is what a law, or good practice, asks for.
type Rule struct {
	ID       string       `json:"id"`               // "DE-1"
	What     string       `json:"what"`             // in the document's language
	Short    string       `json:"short"`            // head of its column
	Source   string       `json:"source"`           // law with paragraph
	From     string       `json:"from,omitempty"`   // the day from which it holds
	By       string       `json:"by,omitempty"`     // the day by which it has to be met
	Media    []string     `json:"media"`            // in scope
	Advice   bool         `json:"advice"`           // good practice, not law
	Building bool         `json:"building"`         // judged once for all meters
	Unsure   bool         `json:"unsure,omitempty"` // known from secondary sources only
	Result   Result       `json:"result,omitempty"` // … of a building
	Why      string       `json:"why,omitempty"`
	Counts   ResultCounts `json:"counts"`
}

// MeterReadiness is one meter against the rules.
type MeterReadiness struct {
	Meter   string       `json:"meter"` // Meter.Ref
	Index   int          `json:"index"` // of Document.Meters
	Line    int          `json:"line"`
	Place   string       `json:"place"`
	Result  Result       `json:"result"`  // the worst of what laws ask of it and telegrams can show
	Results []RuleResult `json:"results"` // in the order of Rules
}

// RuleResult is one rule for one meter, with what shows it.
type RuleResult struct {
	Rule   string     `json:"rule"` // Rule.ID
	Result Result     `json:"result"`
	Code   string     `json:"code"`            // why
	Why    string     `json:"why"`             // … in words; what is lacking if it cannot be judged
	Entry  int64      `json:"entry,omitempty"` // in the log: the telegram that shows it
	Time   *time.Time `json:"time,omitempty"`  // … when it was received
}

// Settlement is a preview of consumption, from values that telegrams carry.
type Settlement struct {
	Note       string             `json:"note"` // that it is a preview
	DegreeDays *DegreeDays        `json:"degree_days,omitempty"`
	HotWater   int                `json:"hot_water_pct,omitempty"` // share of the heat that is not corrected
	Span       int                `json:"months,omitempty"`        // of how many months at most, if that was asked for
	Meters     []MeterConsumption `json:"meters"`
	Flats      []FlatConsumption  `json:"flats"`
	Sums       []Consumption      `json:"sums"`    // by medium and unit
	Missing    []Missing          `json:"missing"` // meters that carry no such value
}

// DegreeDays is what heat was corrected with. Counters of different bases are never
// mixed.
type DegreeDays struct {
	Source     string        `json:"source"` // of the file: "DMI", "DTI", "ELO"
	Base       string        `json:"base"`   // "17 °C"
	NormalYear string        `json:"normal_year"`
	Normal     json.Number   `json:"normal"`
	Actual     json.Number   `json:"actual"`
	From       string        `json:"from"`
	To         string        `json:"to"`
	Months     []DegreeMonth `json:"months"`
}

// DegreeMonth are the degree days of a month.
type DegreeMonth struct {
	Month  string      `json:"month"`
	Actual json.Number `json:"actual"`
	Normal json.Number `json:"normal"`
}

// Consumption is an amount of one medium.
type Consumption struct {
	Medium    string      `json:"medium"`
	Text      string      `json:"medium_text"`
	Unit      string      `json:"unit"`
	DueDate   string      `json:"due_date,omitempty"`  // since which it is counted
	Value     json.Number `json:"value,omitempty"`     // none if no meter has one
	Corrected json.Number `json:"corrected,omitempty"` // by degree days
	Meters    int         `json:"meters"`              // that it sums
	Of        int         `json:"of"`                  // … of so many of the medium
	Missing   []string    `json:"missing"`             // the others
}

// MeterConsumption is what one meter measured since its due date, and by month.
type MeterConsumption struct {
	Meter     string      `json:"meter"`
	Index     int         `json:"index"`
	Line      int         `json:"line"`
	Place     string      `json:"place"`
	Medium    string      `json:"medium"`
	Unit      string      `json:"unit"`
	DueDate   string      `json:"due_date,omitempty"`
	DueValue  json.Number `json:"due_value,omitempty"`
	Now       json.Number `json:"now,omitempty"`
	Since     json.Number `json:"since_due_date,omitempty"` // Now − DueValue
	Corrected json.Number `json:"corrected,omitempty"`
	Months    []Month     `json:"months"` // the latest first
}

// Month is the consumption of one month.
type Month struct {
	Month     string      `json:"month"` // "2026-10"
	Value     json.Number `json:"value"`
	Corrected json.Number `json:"corrected,omitempty"` // by degree days
}

// FlatConsumption sums the meters of a flat.
type FlatConsumption struct {
	Entrance string        `json:"entrance"`
	Floor    string        `json:"floor"`
	Flat     string        `json:"flat"`
	Text     string        `json:"text"`
	Sums     []Consumption `json:"sums"`
}

// Missing is a meter without a value that a settlement needs.
type Missing struct {
	Meter string `json:"meter"`
	Line  int    `json:"line"`
	Place string `json:"place"`
	Code  string `json:"code"`
	Why   string `json:"why"`
}
