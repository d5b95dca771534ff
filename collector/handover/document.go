package handover

import "time"

// Schema is the version of the document. Members are added without raising it.
const Schema = 1

// Kind is the first member of each document, so that a file says what it is.
const Kind = "earshot hand-over protocol"

// State says what a document is worth.
type State string

// The states.
const (
	Draft          State = "draft"           // the campaign runs, or meters are open that nobody has said anything about
	WithExceptions State = "with_exceptions" // finished; each open meter is explained by the installer
	Complete       State = "complete"        // finished; every meter is done
)

// Document is the hand-over protocol of one campaign. Lists are in a fixed order:
// meters as in the list, all others by meter or by time. Times have the zone of
// the place where the telegrams were received.
type Document struct {
	Kind     string  `json:"kind"`   // Kind
	Schema   int     `json:"schema"` // Schema
	Title    string  `json:"title"`
	Number   string  `json:"number"` // of the protocol: "20261127-3"
	Revision int     `json:"revision"`
	Previous string  `json:"previous_sha256,omitempty"` // of the JSON of the revision before
	Language string  `json:"language"`                  // of all texts: "en", "da", "de"
	State    State   `json:"state"`
	Caveats  []Said  `json:"caveats"` // what the reader must know of the campaign as a whole, such as why this is a draft
	Program  Program `json:"program"`

	Property  Property  `json:"property"`
	Owner     Party     `json:"owner"`
	Contact   Party     `json:"administrator"`
	Company   Party     `json:"contractor"`
	Installer Party     `json:"installer"`
	Campaign  Span      `json:"campaign"`
	Equipment Equipment `json:"equipment"`
	Method    Method    `json:"method"`

	Summary      Summary        `json:"summary"`
	Tasks        []Task         `json:"tasks"` // the open points by whose work they are: page 1
	Open         []Point        `json:"open"`
	Inaccessible []Inaccessible `json:"not_accessible"`
	Corrections  []Correction   `json:"corrections"` // changes to the list that the installer accepted
	Flats        []Flat         `json:"flats"`       // by entrance and flat, each with its meters
	Meters       []Meter        `json:"meters"`      // in the order of the list
	Radiators    []Radiator     `json:"radiators"`   // of heat cost allocators, if known
	Notes        []Note         `json:"notes"`       // of the site; those of a meter stand there
	Unlisted     Unlisted       `json:"unlisted"`
	LeftOut      []LeftOut      `json:"left_out"` // rows of the list that could not be used

	Readiness  *Readiness  `json:"readiness,omitempty"`
	Settlement *Settlement `json:"settlement,omitempty"`

	Evidence   Evidence    `json:"evidence"`
	Signatures []Signature `json:"signatures"`
}

// Said is a code with its sentence in the document's language.
type Said struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Program is what made the document.
type Program struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Rules   int    `json:"verdict_rules"` // state.VerdictRules
}

// Property is the building.
type Property struct {
	Name    string `json:"name" toml:"name"`                 // the site's
	Address string `json:"address,omitempty" toml:"address"` // lines separated by \n
	Number  string `json:"number,omitempty" toml:"number"`   // cadastral or customer number
	Order   string `json:"order,omitempty" toml:"order"`     // order number of the job
}

// Party is a person or a company. Any member may be empty.
type Party struct {
	Name        string `json:"name,omitempty" toml:"name"`
	Company     string `json:"company,omitempty" toml:"company"`
	Address     string `json:"address,omitempty" toml:"address"`
	Phone       string `json:"phone,omitempty" toml:"phone"`
	Number      string `json:"number,omitempty" toml:"number"`           // CVR, HRB …
	Certificate string `json:"certificate,omitempty" toml:"certificate"` // of an installer
}

// Empty reports whether nothing is known of the party.
func (p Party) Empty() bool { return p == Party{} }

// Span is when the campaign was, and what it is called in the store.
type Span struct {
	Campaign    int64      `json:"campaign"`
	Started     time.Time  `json:"started"`
	Ended       *time.Time `json:"ended,omitempty"` // none while it runs
	First       *time.Time `json:"first_telegram,omitempty"`
	Last        *time.Time `json:"last_telegram,omitempty"`
	Zone        string     `json:"zone"` // "UTC+01:00"
	Rounds      int        `json:"rounds"`
	Fingerprint string     `json:"list_fingerprint"` // of the list with which the document was made, see state.Fingerprint
}

// Equipment is what received, and what remains in the building.
type Equipment struct {
	Receivers []Receiver `json:"receivers"`
	Gateways  []Gateway  `json:"gateways"`
	Antenna   string     `json:"antenna,omitempty"` // its kind and position
	Spots     []Spot     `json:"spots"`             // places from which was listened
	Brokers   []Broker   `json:"brokers"`
}

// Receiver is a receiver of the campaign.
type Receiver struct {
	Name      string   `json:"name"` // "ttyUSB0"
	Driver    string   `json:"type"` // "im871a"
	Serial    string   `json:"serial,omitempty"`
	Firmware  string   `json:"firmware,omitempty"`
	Modes     []string `json:"modes"`
	Telegrams int      `json:"telegrams"`
	AwayS     float64  `json:"away_s"` // how long it did not listen
	Resets    int      `json:"resets"`
}

// Gateway is a fixed receiver that stays in the building, as the details say.
type Gateway struct {
	Type     string `json:"type" toml:"type"`
	Serial   string `json:"serial,omitempty" toml:"serial"`
	Firmware string `json:"firmware,omitempty" toml:"firmware"`
	Place    string `json:"place,omitempty" toml:"place"`
	Power    string `json:"power,omitempty" toml:"power"`
	Network  string `json:"network,omitempty" toml:"network"`
	Antenna  string `json:"antenna,omitempty" toml:"antenna"`
}

// Spot is a place from which was listened.
type Spot struct {
	Name     string     `json:"name" toml:"name"`
	Receiver string     `json:"receiver,omitempty" toml:"receiver"` // whose telegrams are meant; "" for those of all
	Time     *time.Time `json:"time,omitempty" toml:"-"`
	Meters   int        `json:"meters" toml:"-"` // of the list that were heard from there
	Outside  bool       `json:"outside_flats" toml:"outside_flats"`
}

// Broker is where readings were delivered.
type Broker struct {
	Address   string `json:"address"` // without user name and password
	Delivered int    `json:"delivered"`
	Waiting   int    `json:"waiting"`
}

// Method is how the work was done, and by which limits.
type Method struct {
	Texts      []string `json:"texts"` // a paragraph each
	Own        []string `json:"own"`   // the installer's own paragraphs, after these
	GoodDBm    int      `json:"good_dbm"`
	UsableDBm  int      `json:"usable_dbm"`
	WeakDBm    int      `json:"weak_dbm"`
	Display    Sample   `json:"display_sample"` // numbers that were compared with the displays
	Limits     string   `json:"limits"`         // … of signals as a sentence
	NotChecked string   `json:"not_checked"`    // what earshot does not judge
}

// Sample is a part of all meters.
type Sample struct {
	Compared int `json:"compared"`
	Of       int `json:"of"`
}

// Summary counts the meters.
type Summary struct {
	Counts
	Alarms   int           `json:"alarms"`        // meters with an alarm
	Unlisted int           `json:"unlisted"`      // meters of others on the air
	ByMedium []MediumCount `json:"by_medium"`     // in the order in which the list has the media
	Headline string        `json:"headline"`      // one sentence: what is done and what is open
	Cause    string        `json:"cause"`         // one cause that explains all, "" for none
	Verdicts []VerdictSum  `json:"by_verdict"`    // those that occur
	Cached   int           `json:"earlier"`       // meters whose reading is from before this campaign
	LeftOut  int           `json:"left_out_rows"` // rows of the list that could not be used
}

// Counts are the steps of the verdict chain: each counts those that passed it.
type Counts struct {
	Expected     int `json:"expected"`
	Heard        int `json:"heard"`
	Decrypted    int `json:"decrypted"`
	Decoded      int `json:"decoded"`
	Plausible    int `json:"plausible"`
	Delivered    int `json:"delivered"`      // 0 if no broker was asked for
	Done         int `json:"done"`           // passed all that was asked for
	Attention    int `json:"need_attention"` // of those done: they work, and have an open point
	Open         int `json:"open"`           // neither done nor set aside
	Inaccessible int `json:"not_accessible"` // set aside by the installer
}

// Clean are the meters that are done and need nothing more.
func (c *Counts) Clean() int { return c.Done - c.Attention }

// MediumCount counts the meters of one medium.
type MediumCount struct {
	Medium string `json:"medium"` // "cold water"
	Text   string `json:"text"`
	Counts
}

// VerdictSum counts the meters with one verdict.
type VerdictSum struct {
	Code  string `json:"code"`
	Text  string `json:"text"`
	Count int    `json:"count"`
}

// Flat is an apartment, or another place with meters.
type Flat struct {
	Entrance string `json:"entrance"`
	Floor    string `json:"floor"`
	Flat     string `json:"flat"`
	Text     string `json:"text"`   // the place in one line, "A st tv"
	Meters   []int  `json:"meters"` // indices of Document.Meters
	Done     int    `json:"done"`
	Open     int    `json:"open"`
}

// Unlisted are meters on the air that the list does not have. They are others':
// only their number is said.
type Unlisted struct {
	Meters    int `json:"meters"`
	Telegrams int `json:"telegrams"`
}

// LeftOut is a row of the list that could not be used.
type LeftOut struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Evidence is what the document rests on, and how to check it.
type Evidence struct {
	Telegrams int      `json:"telegrams"` // in the log
	Actions   int      `json:"actions"`
	Entries   int      `json:"entries"`
	LogSHA256 string   `json:"log_sha256"` // of the campaign's log, see Campaign.LogSHA256
	Verdicts  string   `json:"verdicts_sha256"`
	Compared  int      `json:"verdicts_compared"` // tables of verdicts in the log that came out the same
	Differing int      `json:"verdicts_differing"`
	How       []string `json:"how_to_verify"` // steps, in words
}

// Signature is a field to be signed on paper.
type Signature struct {
	Role  string `json:"role"` // "installer", "recipient"
	Text  string `json:"text"`
	Name  string `json:"name,omitempty"` // printed below the line
	Place string `json:"place,omitempty"`
	Date  string `json:"date,omitempty"`
}
