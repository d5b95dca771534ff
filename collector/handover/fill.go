package handover

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"earshot/collector/settlement"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/printable"
)

// Options are what a document is made with, apart from the campaign.
type Options struct {
	Details Details
	Words   *words.Language // of all texts
	Version string          // of the program
	// Readiness asks for the section about 2027; Settlement, if it is not nil, for that
	// about consumption.
	Readiness  bool
	Settlement *settlement.Options
}

// filler makes a document.
type filler struct {
	*Campaign
	Options
	doc *Document
}

// New makes the document of a campaign. The same campaign and options give the same
// document.
func New(c *Campaign, o Options) *Document {
	s := &c.Snapshot
	d := &Document{
		Kind: Kind, Schema: Schema, Title: o.Words.Say("report.title", nil), Revision: max(1, o.Details.Revision), Previous: o.Details.Previous, Language: o.Words.String(),
		Program:  Program{Name: "earshot", Version: o.Version, Rules: state.VerdictRules},
		Property: o.Details.Property, Owner: o.Details.Owner, Contact: o.Details.Administrator, Company: o.Details.Contractor, Installer: o.Details.Installer,
		Number: fmt.Sprintf("%s-%d", c.at(c.Info.Start).Format("20060102"), c.Info.ID),
	}
	d.Property.Name = cmp.Or(d.Property.Name, printable.Words(c.List.Name))
	f := &filler{Campaign: c, Options: o, doc: d}
	f.span()
	f.equipment()
	for i, row := range s.Rows {
		d.Meters = append(d.Meters, f.meter(i, row))
	}
	f.flats()
	f.radiators()
	f.points()
	f.corrections()
	for a := range c.acts(state.ActNote, "") {
		d.Notes = append(d.Notes, Note{Time: c.at(a.Time), Text: printable.Words(a.Text)})
	}
	slices.Reverse(d.Notes)
	for _, u := range s.Unlisted {
		d.Unlisted.Meters++
		d.Unlisted.Telegrams += u.Count
	}
	for _, bad := range c.List.LeftOut {
		d.LeftOut = append(d.LeftOut, LeftOut{bad.Line, printable.Words(bad.Reason)})
	}
	f.summary()
	f.method()
	f.judge()
	f.evidence()
	f.signatures()
	if o.Readiness {
		f.readiness()
	}
	if o.Settlement != nil {
		f.settlement()
	}
	return d
}

func (f *filler) span() {
	f.doc.Campaign = Span{
		Campaign: f.Info.ID, Started: f.at(f.Info.Start), Ended: f.known(f.Info.End), First: f.known(f.First), Last: f.known(f.Last),
		Zone: zoneName(offset(f.Campaign)), Rounds: f.Snapshot.Round.Number, Fingerprint: state.Fingerprint(f.List),
	}
}

// offset is that of the campaign's zone, in seconds east of UTC.
func offset(c *Campaign) int {
	_, seconds := c.Info.Start.In(c.Zone).Zone()
	return seconds
}

func (f *filler) equipment() {
	e := &f.doc.Equipment
	e.Antenna, e.Gateways = f.Details.Antenna, f.Details.Gateways
	for _, r := range f.Snapshot.Receivers {
		out := Receiver{Name: printable.Words(r.Info.Name), Driver: r.Info.Driver, Serial: printable.Words(r.Info.Serial), Firmware: printable.Words(r.Info.Firmware),
			Telegrams: r.Frames, AwayS: r.Away.Seconds(), Resets: r.Resets}
		for _, mode := range r.Info.Modes {
			out.Modes = append(out.Modes, printable.Words(string(mode)))
		}
		e.Receivers = append(e.Receivers, out)
	}
	for _, spot := range f.Details.Spots {
		spot.Meters = 0
		for _, row := range f.Snapshot.Rows {
			if heardBy(row, spot.Receiver) {
				spot.Meters++
			}
		}
		e.Spots = append(e.Spots, spot)
	}
	for _, b := range f.Snapshot.Brokers {
		e.Brokers = append(e.Brokers, Broker{Address: printable.Words(b.Address), Delivered: b.Delivered, Waiting: b.Queued})
	}
}

// heardBy reports whether a receiver heard a meter; any if receiver is "".
func heardBy(row *state.Row, receiver string) bool {
	return slices.ContainsFunc(row.Heard.By, func(by state.HeardBy) bool {
		return by.Count > 0 && (receiver == "" || by.Receiver == receiver)
	})
}

// flats groups the meters as one passes through the building.
func (f *filler) flats() {
	type place struct{ entrance, floor, flat string }
	at := map[place]int{}
	flats := &f.doc.Flats
	for i := range f.doc.Meters {
		m := &f.doc.Meters[i]
		key := place{m.Place.Entrance, m.Place.Floor, m.Place.Flat}
		n, known := at[key]
		if !known {
			n = len(*flats)
			at[key] = n
			*flats = append(*flats, Flat{Entrance: key.entrance, Floor: key.floor, Flat: key.flat,
				Text: site.Place{Entrance: key.entrance, Floor: key.floor, Apartment: key.flat}.String()})
		}
		flat := &(*flats)[n]
		flat.Meters = append(flat.Meters, i)
		switch {
		case m.Done:
			flat.Done++
		case m.Open():
			flat.Open++
		}
	}
	for _, flat := range *flats {
		slices.SortStableFunc(flat.Meters, func(a, b int) int { return cmp.Compare(f.doc.Meters[a].Line, f.doc.Meters[b].Line) })
	}
	slices.SortStableFunc(*flats, func(a, b Flat) int { return placeOf(a).Compare(placeOf(b)) })
}

func placeOf(f Flat) site.Place {
	return site.Place{Entrance: f.Entrance, Floor: f.Floor, Apartment: f.Flat}
}

// radiators are those of all allocators: what is not known of one is seen.
func (f *filler) radiators() {
	for i := range f.doc.Meters {
		m := &f.doc.Meters[i]
		r, known := f.Details.Radiators[m.Ref]
		if !known {
			r, known = f.Details.Radiators[m.Serial]
		}
		if listed := f.listed(i, m.Ref); !known && listed.Radiator != nil {
			r, known = ofList(*listed.Radiator), true
		}
		if known || m.Device.Medium == allocator {
			r.Meter, r.Line, r.Place = m.Ref, m.Line, m.Place.Text
			f.doc.Radiators = append(f.doc.Radiators, r)
		}
	}
}

// listed is the row of the list with an index, empty if the list is another one.
func (f *filler) listed(i int, ref string) site.Meter {
	if i < len(f.List.Meters) && f.List.Meters[i].Ref() == ref {
		return f.List.Meters[i]
	}
	return site.Meter{}
}

// ofList is a radiator of the list.
func ofList(l site.Radiator) Radiator {
	r := Radiator{Make: l.Make, Model: l.Model, Length: l.Length, Height: l.Height, Depth: l.Depth, Output: l.Output, DeltaT: l.DeltaT,
		Mounting: l.Mounting, Scale: l.Scale, Factor: l.Factor, Sensors: l.Sensors, Sealed: l.Sealed}
	for _, text := range r.texts() {
		*text = printable.Words(*text)
	}
	return r
}

// allocator is the medium of heat cost allocators.
const allocator = "heat cost allocator"

func (f *filler) evidence() {
	sum := sha256.Sum256(f.Snapshot.Verdicts())
	e := Evidence{Telegrams: f.Telegrams, Actions: len(f.Actions), Entries: f.Entries, LogSHA256: f.LogSHA256, Verdicts: hex.EncodeToString(sum[:]),
		Compared: f.Compared, Differing: len(f.Differing)}
	for _, step := range []string{"seal", "key", "again"} {
		e.How = append(e.How, f.Words.Say("report.verify."+step, nil))
	}
	f.doc.Evidence = e
}

func (f *filler) signatures() {
	d := &f.Details
	f.doc.Signatures = []Signature{
		{Role: "installer", Text: f.Words.Say("report.who.installer", nil), Name: cmp.Or(d.Installer.Name, d.Contractor.Name), Place: d.Place, Date: d.Date},
		{Role: "recipient", Text: f.Words.Say("report.signature.recipient", nil), Name: cmp.Or(d.Owner.Name, d.Administrator.Name), Place: d.Place, Date: d.Date},
	}
}
