package report

import (
	"encoding/json"
	"io"
	"time"

	"earshot/collector/batch"
	"earshot/collector/state"
	"earshot/collector/words"
)

// batchJSON is the closing line of --json for several sites.
type batchJSON struct {
	Event    string          `json:"event"`
	Schema   int             `json:"schema"`
	Sites    []batchSiteJSON `json:"sites"`
	AtOnce   int             `json:"at_once"`
	Unlisted []unlistedJSON  `json:"unlisted"`
}

type batchSiteJSON struct {
	Site     string      `json:"site"`
	Code     int         `json:"exit_code"` // the exit code that the site would have on its own
	Started  bool        `json:"started"`
	Meters   int         `json:"meters"`
	Heard    int         `json:"heard"`
	Passed   int         `json:"passed"`
	Queued   int         `json:"waiting_for_broker"`
	Failures []groupJSON `json:"failures,omitempty"`
}

type groupJSON struct {
	Kind     state.Kind `json:"kind"` // "none": the site as a whole
	Messages []string   `json:"messages"`
}

type unlistedJSON struct {
	Meter     string    `json:"meter"`
	Telegrams int       `json:"telegrams"`
	Last      time.Time `json:"last"`
}

// BatchJSON writes the summary of each site that started, the same as of a
// single site, and a closing line for all.
func BatchJSON(w io.Writer, report *batch.Report, failures state.Failures, codes []int) error {
	out := batchJSON{Event: "batch", Schema: 1, AtOnce: report.Peak, Sites: []batchSiteJSON{}, Unlisted: []unlistedJSON{}}
	for i, r := range report.Sites {
		if r.Started {
			if err := SummaryJSON(w, r.Final, codes[i]); err != nil {
				return err
			}
		}
		c := r.Final.Counts
		one := batchSiteJSON{
			Site: r.Site, Code: codes[i], Started: r.Started, Meters: c.Meters, Heard: c.Heard, Passed: c.Passed(), Queued: r.Final.Broker.Queued,
		}
		for _, g := range failures.Groups() {
			if g.Site != r.Site {
				continue
			}
			if n := len(one.Failures); n == 0 || one.Failures[n-1].Kind != g.Kind { // brokers are one group
				one.Failures = append(one.Failures, groupJSON{Kind: g.Kind})
			}
			group := &one.Failures[len(one.Failures)-1]
			for _, f := range g.Failures {
				group.Messages = append(group.Messages, words.English.Failure(f))
			}
		}
		out.Sites = append(out.Sites, one)
	}
	for _, u := range report.Air.Unlisted {
		out.Unlisted = append(out.Unlisted, unlistedJSON{Meter: u.Address.String(), Telegrams: u.Telegrams, Last: u.Last})
	}
	return json.NewEncoder(w).Encode(out)
}
