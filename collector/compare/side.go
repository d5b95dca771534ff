package compare

import (
	"earshot/collector/state"
)

// Side is one of the two campaigns.
type Side struct {
	Campaign int64           // its number in the store
	Snap     state.Snapshot  // at its end
	List     []state.ListRow // as the log has it: fingerprints of keys
	Used     []state.ListRow // the list that the log was applied with again; nil: the same
}

func (s *Side) info() Info {
	rows := s.rows()
	i := Info{Campaign: s.Campaign, Site: s.Snap.Site, Started: s.Snap.Campaign.Started, Meters: len(rows)}
	for _, r := range rows {
		if r.Verdict.Passed() {
			i.Passed++
		}
	}
	if end := s.Snap.Campaign.Ended; !end.IsZero() {
		i.Ended = &end
	}
	return i
}

// rows are those that were in the list at that time. Of one that the list of today does
// not have, only the number is known.
func (s *Side) rows() []*state.Row {
	if s.Used == nil || len(s.List) == 0 {
		return s.Snap.Rows
	}
	known := index(s.Snap.Rows)
	rows := make([]*state.Row, 0, len(s.List))
	for _, r := range s.List {
		row := known[r.Ref]
		if row == nil {
			row = &state.Row{Ref: r.Ref}
		}
		rows = append(rows, row)
	}
	return rows
}

// otherKeys are the meters that were read again with another key than that of the time.
func (s *Side) otherKeys(into map[string]bool) {
	then := keys(s.List)
	for _, r := range s.Used {
		if then[r.Ref] != r.Key {
			into[r.Ref] = true
		}
	}
}

// keys are the fingerprints of keys by meter.
func keys(list []state.ListRow) map[string]string {
	out := make(map[string]string, len(list))
	for _, r := range list {
		out[r.Ref] = r.Key
	}
	return out
}
