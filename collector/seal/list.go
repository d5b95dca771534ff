package seal

import (
	"fmt"
	"time"

	"earshot/collector/site"
	"earshot/device/wmbus"
)

// The list without its keys: the content of list.json.
type (
	sealedList struct {
		Name    string       `json:"name"`
		Meters  []sealedRow  `json:"meters"`
		Loose   []sealedKey  `json:"keys_without_meter,omitempty"`
		LeftOut []sealedLeft `json:"left_out,omitempty"`
	}
	sealedRow struct {
		Line      int    `json:"line"`
		ID        string `json:"id"`
		Maker     string `json:"manufacturer,omitempty"`
		Key       string `json:"key_fingerprint,omitempty"`
		Entrance  string `json:"entrance,omitempty"`
		Floor     string `json:"floor,omitempty"`
		Apartment string `json:"apartment,omitempty"`
		Room      string `json:"room,omitempty"`
		Medium    string `json:"medium,omitempty"`
		TimeoutNS int64  `json:"timeout_ns,omitempty"`
		Note      string `json:"note,omitempty"`
	}
	sealedKey struct {
		Line int    `json:"line"`
		Key  string `json:"key_fingerprint"`
	}
	sealedLeft struct {
		File   string `json:"file,omitempty"`
		Line   int    `json:"line"`
		Column string `json:"column,omitempty"`
		Reason string `json:"reason"`
	}
)

// maxRows bounds the rows of a list.
const maxRows = 200_000

func sealList(s site.Site) sealedList {
	out := sealedList{Name: s.Name, Meters: make([]sealedRow, len(s.Meters))}
	for i := range s.Meters {
		m := &s.Meters[i]
		out.Meters[i] = sealedRow{
			Line: m.Row, ID: m.ID.String(), Key: m.Key.Fingerprint(), Medium: m.Medium, TimeoutNS: int64(m.Timeout), Note: m.Note,
			Entrance: m.Place.Entrance, Floor: m.Place.Floor, Apartment: m.Place.Apartment, Room: m.Place.Room,
		}
		if m.Manufacturer != 0 {
			out.Meters[i].Maker = m.Manufacturer.String()
		}
	}
	for _, k := range s.Loose {
		out.Loose = append(out.Loose, sealedKey{k.Line, k.Key.Fingerprint()})
	}
	for _, r := range s.LeftOut {
		out.LeftOut = append(out.LeftOut, sealedLeft{r.File, r.Line, r.Column, r.Reason})
	}
	return out
}

// site is the list again, with keys of which only the fingerprints are known.
func (l *sealedList) site() (site.Site, error) {
	if len(l.Meters) > maxRows || len(l.Loose) > maxRows || len(l.LeftOut) > maxRows {
		return site.Site{}, fmt.Errorf("it has more than %d rows", maxRows)
	}
	out := site.Site{Name: l.Name, Meters: make([]site.Meter, len(l.Meters))}
	refs := make(map[string]bool, len(l.Meters))
	for i := range l.Meters {
		if err := l.Meters[i].meter(&out.Meters[i]); err != nil {
			return site.Site{}, fmt.Errorf("row %d (line %d): %w", i+1, l.Meters[i].Line, err)
		}
		ref := out.Meters[i].Ref()
		if refs[ref] {
			return site.Site{}, fmt.Errorf("row %d (line %d): %s is in it twice", i+1, l.Meters[i].Line, ref)
		}
		refs[ref] = true
	}
	for _, k := range l.Loose {
		key, err := site.ParseFingerprint(k.Key)
		if err != nil {
			return site.Site{}, fmt.Errorf("key of line %d: %w", k.Line, err)
		}
		out.Loose = append(out.Loose, site.LooseKey{Line: k.Line, Key: key})
	}
	for _, r := range l.LeftOut {
		out.LeftOut = append(out.LeftOut, site.RowError{File: r.File, Line: r.Line, Column: r.Column, Reason: r.Reason})
	}
	return out, nil
}

func (r *sealedRow) meter(m *site.Meter) (err error) {
	m.Row, m.Medium, m.Timeout, m.Note = r.Line, r.Medium, time.Duration(r.TimeoutNS), r.Note
	m.Place = site.Place{Entrance: r.Entrance, Floor: r.Floor, Apartment: r.Apartment, Room: r.Room}
	if m.ID, err = wmbus.ParseID(r.ID); err != nil {
		return err
	}
	if r.Maker != "" {
		if m.Manufacturer, err = wmbus.ParseManufacturer(r.Maker); err != nil {
			return err
		}
	}
	m.Key, err = site.ParseFingerprint(r.Key)
	return err
}

// fill gives a list the keys of another one that have the right fingerprints, and
// returns how many keys it lacks then, and the rows for which the other list has
// another key.
func fill(list *site.Site, keys site.Site) (lacking int, others []string) {
	byPrint := map[string]site.Key{}
	byRef := map[string]site.Key{}
	add := func(k site.Key) {
		if k.Known() {
			byPrint[k.Fingerprint()] = k
		}
	}
	for i := range keys.Meters {
		m := &keys.Meters[i]
		add(m.Key)
		byRef[m.Ref()] = m.Key
	}
	for _, k := range keys.Loose {
		add(k.Key)
	}
	for i := range list.Meters {
		m := &list.Meters[i]
		if m.Key.IsZero() {
			continue
		}
		if k, found := byPrint[m.Key.Fingerprint()]; found {
			m.Key = k
			continue
		}
		lacking++
		if k := byRef[m.Ref()]; !k.IsZero() {
			others = append(others, m.Ref())
		}
	}
	for i := range list.Loose {
		if k, found := byPrint[list.Loose[i].Key.Fingerprint()]; found {
			list.Loose[i].Key = k
		} else {
			lacking++
		}
	}
	return lacking, others
}
