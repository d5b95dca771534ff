package settlement

import (
	"fmt"

	"earshot/collector/evidence"
	"earshot/collector/site"
	"earshot/collector/state"
)

// Options are how a preview is made.
type Options struct {
	DegreeDays *DegreeDays // nil: heat is not corrected
	HotWater   int         // per cent of the heat that does not depend on the weather
	Months     int         // how many of the last months; 0 is 12
}

func (o *Options) months() int {
	if o.Months <= 0 {
		return 12
	}
	return o.Months
}

// Check returns what is wrong with options, nil if nothing is.
func (o *Options) Check() error {
	switch {
	case o.HotWater < 0 || o.HotWater > 100:
		return fmt.Errorf("share of hot water %d: must be 0 to 100 per cent", o.HotWater)
	case o.Months < 0 || o.Months > 60:
		return fmt.Errorf("%d months: must be 1 to 60", o.Months)
	}
	return nil
}

// Preview is the preview of a settlement.
type Preview struct {
	Schema     int         `json:"schema"`
	Note       string      `json:"note"` // Note, always
	Site       string      `json:"site"`
	DegreeDays *DegreeDays `json:"degree_days,omitempty"`
	HotWater   int         `json:"hot_water_pct,omitempty"`
	Meters     []Meter     `json:"meters"` // in the order of the list
	Flats      []Flat      `json:"flats"`  // in the order in which the list names them
	Sums       []Sum       `json:"sums"`   // of the building, by medium; not of heat cost allocators
}

// Schema is the version of the preview. Members are added without raising it.
const Schema = 1

// Note is what the preview is not.
const Note = "preview, not a bill"

// Make makes the preview of a campaign: its snapshot, its list, and the evidence of
// its telegrams, in the order of the list.
func Make(snap *state.Snapshot, list site.Site, found []evidence.Meter, opt Options) Preview {
	p := Preview{Schema: Schema, Note: Note, Site: snap.Site, DegreeDays: opt.DegreeDays, Meters: []Meter{}}
	if opt.DegreeDays != nil {
		p.HotWater = opt.HotWater
	}
	for i, row := range snap.Rows {
		if m, ok := meter(row, list.Meters[i], &found[i], &opt); ok {
			p.Meters = append(p.Meters, m)
		}
	}
	p.Flats = flats(p.Meters)
	p.Sums = sums(p.Meters, false)
	return p
}
