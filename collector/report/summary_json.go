package report

import (
	"encoding/json"
	"io"
	"time"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
)

// summaryJSON is the closing line of --json. Members are added, never
// changed; if one has to be changed, schema is raised.
type summaryJSON struct {
	Event     string            `json:"event"`
	Time      time.Time         `json:"time"`
	Schema    int               `json:"schema"`
	Site      string            `json:"site"`
	Campaign  int64             `json:"campaign"`
	Round     int               `json:"round"`
	Cause     string            `json:"cause,omitempty"` // why the last round ended early
	ExitCode  int               `json:"exit_code"`       // unless the program is stopped, or fails for another reason
	Meters    int               `json:"meters"`
	Heard     int               `json:"heard"`
	Passed    int               `json:"passed"`
	Alarms    int               `json:"alarms"`
	Late      int               `json:"late"`
	Unlisted  int               `json:"unlisted"`
	Stored    int               `json:"stored_telegrams"`
	Queued    int               `json:"waiting_for_broker"`
	Failing   string            `json:"store_failing,omitempty"` // why the latest telegrams are not stored
	Unkept    bool              `json:"nothing_kept,omitempty"`  // why nothing at all is stored
	Gone      []string          `json:"lost_readings,omitempty"` // if nothing is stored: the meters whose last reading no broker has either
	Lost      int               `json:"lost,omitempty"`          // entries lost because memory was full
	Dropped   map[string]int    `json:"dropped,omitempty"`       // what was dropped so that the radio did not wait, by kind
	Receivers []summaryReceiver `json:"receivers"`
	Brokers   []summaryBroker   `json:"brokers"`
	Headline  state.Headline    `json:"headline,omitempty"` // one cause that explains all
	Limits    state.Limits      `json:"signal_limits"`
	// Then come "rows" ([]summaryRow), "unlisted_meters" ([]summaryUnlisted) and, if
	// there are any, "left_out" ([]summaryLeftOut): rows of the list that cannot be
	// used.
}

type summaryReceiver struct {
	Receiver   string  `json:"receiver"`
	Telegrams  int     `json:"telegrams"`
	Unreadable int     `json:"unreadable,omitempty"`
	NotStored  int     `json:"unlisted_not_stored,omitempty"` // telegrams of unlisted meters beyond --keep-unlisted
	Away       float64 `json:"away_s,omitempty"`              // how long it did not listen
	Reason     string  `json:"reason,omitempty"`              // why it does not now
}

type summaryBroker struct {
	Broker    string `json:"broker"`
	Delivered int    `json:"delivered"`
	Waiting   int    `json:"waiting"`
	Refused   int    `json:"refused,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

type summaryRow struct {
	Line    int              `json:"line"`
	Meter   string           `json:"meter"`
	Place   string           `json:"place,omitempty"`
	Medium  string           `json:"medium,omitempty"`
	Verdict state.Code       `json:"verdict"`
	Text    string           `json:"text"`
	Next    string           `json:"next,omitempty"`
	Details *state.Verdict   `json:"verdict_details"` // what the verdict is about, in codes
	Alarms  []string         `json:"alarms,omitempty"`
	Remarks []string         `json:"remarks,omitempty"` // what need not be acted on
	Late    bool             `json:"late,omitempty"`
	Cached  bool             `json:"cached,omitempty"` // the reading is from an earlier round or campaign
	Heard   int              `json:"telegrams"`
	RSSI    *int16           `json:"rssi_dbm,omitempty"` // the median of the last ones
	Missing []string         `json:"missing_brokers,omitempty"`
	Reading *reading.Reading `json:"reading,omitempty"`
	// What the installer said of the meter: what its display shows, compared with the
	// reading of then, and why nobody could get to it (a code, or own words).
	Displayed   *state.Displayed `json:"displayed,omitempty"`
	Unreachable string           `json:"not_accessible,omitempty"`
}

type summaryUnlisted struct {
	Manufacturer string    `json:"manufacturer"`
	ID           string    `json:"id"`
	Medium       string    `json:"medium"`
	Telegrams    int       `json:"telegrams"`
	Last         time.Time `json:"last"`
	RSSI         *int16    `json:"rssi_dbm,omitempty"`
	Near         string    `json:"near,omitempty"`     // an expected meter whose ID is almost this one
	KeyFits      bool      `json:"key_fits,omitempty"` // … and whose key opens it
}

type summaryLeftOut struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// SummaryJSON writes the closing line of --json for a campaign that ends with an
// exit code.
func SummaryJSON(w io.Writer, s state.Snapshot, code int) error {
	out := summaryJSON{
		Event: "summary", Time: s.Round.Finished, Schema: 1, Site: s.Site, Campaign: s.Campaign.ID, Round: s.Round.Number, Cause: words.English.Cause(s.Round.Cause),
		ExitCode: code, Meters: s.Counts.Meters, Heard: s.Counts.Heard,
		Passed: s.Counts.Passed(), Alarms: s.Counts.Alarms, Late: s.Counts.Late, Unlisted: len(s.Unlisted),
		Headline: s.Headline, Limits: s.Limits, Stored: s.Store.Telegrams, Queued: s.Broker.Queued, Failing: s.Store.Reason, Lost: s.Drops[state.DropStore],
		Receivers: make([]summaryReceiver, len(s.Receivers)), Brokers: make([]summaryBroker, len(s.Brokers)),
	}
	if out.Unkept = s.Store.Unkept != ""; out.Unkept {
		for _, r := range undelivered(s) {
			out.Gone = append(out.Gone, r.Ref)
		}
	}
	for drop, n := range s.Drops {
		if n > 0 {
			if out.Dropped == nil {
				out.Dropped = map[string]int{}
			}
			out.Dropped[state.Drop(drop).String()] = n
		}
	}
	for i, r := range s.Receivers {
		out.Receivers[i] = summaryReceiver{Receiver: r.Info.Name, Telegrams: r.Frames, Unreadable: r.Trouble, NotStored: r.Surplus, Away: r.Away.Seconds(), Reason: r.Reason}
	}
	for i, b := range s.Brokers {
		out.Brokers[i] = summaryBroker{Broker: b.Address, Delivered: b.Delivered, Waiting: b.Queued, Refused: b.Refused, Reason: b.Reason}
	}
	return streamJSON(w, out, []list{
		{name: "rows", items: len(s.Rows), item: func(i int) any { return rowJSON(s.Rows[i]) }},
		{name: "unlisted_meters", items: len(s.Unlisted), item: func(i int) any { return unlistedRow(s.Unlisted[i]) }},
		{name: "left_out", items: len(s.LeftOut), item: func(i int) any { return summaryLeftOut{s.LeftOut[i].Line, s.LeftOut[i].Reason} }, optional: true},
	})
}

// list is a list in a line of JSON that is too long to be held in memory.
type list struct {
	name     string
	items    int
	item     func(i int) any
	optional bool // without items it is left out
}

// pieceOfJSON is about how many bytes of a line are written together.
const pieceOfJSON = 32 << 10

// streamJSON writes a line of JSON: the members of head, and then lists, item by item.
func streamJSON(w io.Writer, head any, lists []list) error {
	line, err := json.Marshal(head)
	if err != nil {
		return err
	}
	line = line[:len(line)-1] // the closing brace
	for _, l := range lists {
		if l.items == 0 && l.optional {
			continue
		}
		line = append(append(append(line, `,"`...), l.name...), `":[`...)
		for i := range l.items {
			item, err := json.Marshal(l.item(i))
			if err != nil {
				return err
			}
			if i > 0 {
				line = append(line, ',')
			}
			line = append(line, item...)
			if len(line) < pieceOfJSON {
				continue
			}
			if _, err := w.Write(line); err != nil {
				return err
			}
			line = line[:0]
		}
		line = append(line, ']')
	}
	_, err = w.Write(append(line, "}\n"...))
	return err
}

func unlistedRow(u *state.Unlisted) summaryUnlisted {
	return summaryUnlisted{
		Manufacturer: u.Address.Manufacturer.String(), ID: u.Address.ID.String(), Medium: u.Address.Medium(),
		Telegrams: u.Count, Last: u.Last, RSSI: dBm(u.RSSI), Near: u.Near, KeyFits: u.KeyFits,
	}
}

func rowJSON(r *state.Row) summaryRow {
	shown, cached := r.Shown()
	row := summaryRow{
		Line: r.Line, Meter: r.Ref, Place: r.Place.String(), Medium: r.Medium, Verdict: r.Verdict.Code, Text: words.English.Verdict(&r.Verdict), Next: words.English.Next(&r.Verdict), Details: &r.Verdict,
		Alarms: words.English.Alarms(&r.Verdict), Remarks: words.English.Remarks(&r.Verdict), Late: r.Read.Late, Cached: cached, Heard: r.Heard.Count, RSSI: dBm(r.Heard.RSSI), Missing: r.Missing, Reading: shown, Displayed: r.Displayed,
	}
	if r.Unreachable != nil {
		row.Unreachable = r.Unreachable.Text
	}
	return row
}

// dBm is the median of a signal, nil if it is not in dBm.
func dBm(r state.RSSIStat) *int16 {
	if median, ok := r.Median(); ok && r.Scale == device.ScaleDBm {
		return &median
	}
	return nil
}
