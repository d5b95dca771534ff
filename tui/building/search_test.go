package building

import (
	"testing"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/wmbus"
)

func TestQuery(t *testing.T) {
	t.Parallel()
	id, err := wmbus.ParseID("11225583")
	if err != nil {
		t.Fatal(err)
	}
	row := func(entrance, floor, apartment, room string) *state.Row {
		return &state.Row{Ref: "KAM-11225583", Maker: "KAM", ID: id, Medium: "cold water", Place: site.Place{Entrance: entrance, Floor: floor, Apartment: apartment, Room: room}}
	}
	flat := row("A", "2", "tv", "kitchen")
	for _, c := range []struct {
		search string
		row    *state.Row
		want   bool
	}{
		{search: "", row: flat, want: true},
		{search: "A 2 tv", row: flat, want: true},
		{search: "a2tv", row: flat, want: false},
		{search: "a 2 t", row: flat, want: true}, // still being typed
		{search: "a 2 t ", row: flat, want: false},
		{search: "2. tv", row: flat, want: true},
		{search: "A 2 tv", row: row("A", "2", "th", "tv"), want: false},
		{search: "A 2 tv", row: row("A", "12", "tv", ""), want: false},
		{search: "A 2 tv", row: row("B", "2", "tv", "A"), want: false},
		{search: "A 2", row: row("A", "12", "tv", "bath 2"), want: false},
		{search: "kitchen a 2", row: flat, want: true},
		{search: "a 2 kitch", row: flat, want: true},
		{search: "5583", row: flat, want: true},
		{search: "83", row: flat, want: true},
		{search: "a 83", row: flat, want: false},
		{search: "kam cold", row: flat, want: true},
		{search: "warm", row: flat, want: false},
	} {
		q := newQuery(c.search)
		if got := q.finds(words.English, c.row); got != c.want {
			t.Errorf("%q finds %v: %v", c.search, c.row.Place, got)
		}
	}
}
