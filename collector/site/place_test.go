package site

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestPlaceCompare sorts places as they are passed in a building.
func TestPlaceCompare(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Danish":  "A|||heating, A|kl||plant, A|st|tv|bath, A|st|th|bath, A|1|tv|bath, A|1|tv|kitchen, A|1|mf|bath, A|1|th|bath, A|2|tv|bath, A|10|tv|bath, B|st|tv|bath",
		"German":  "1|KG||Heizung, 1|EG|links|Bad, 1|EG|rechts|Bad, 1|1. OG|links|Bad, 1|2. OG|Mitte|Bad, 1|2. OG|rechts|Bad, 1|10. OG|links|Bad, 1|DG||Bad, 2|EG|links|Bad, 10|EG|links|Bad",
		"English": "|basement||, |ground|left|, |ground|right|, |1|left|, |loft||",
		"numbers": "A|1|2|, A|1|9|, A|1|10|, A|1|WE 9|, A|1|WE 12|",
	} {
		var places []Place
		for _, s := range strings.Split(want, ", ") {
			f := strings.Split(s, "|")
			places = append(places, Place{Entrance: f[0], Floor: f[1], Apartment: f[2], Room: f[3]})
		}
		shuffled := slices.Clone(places)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		slices.SortStableFunc(shuffled, Place.Compare)
		for i := range places {
			if shuffled[i] != places[i] && shuffled[i].Compare(places[i]) != 0 {
				t.Errorf("%s: place %d is %v, want %v", name, i, shuffled[i], places[i])
			}
		}
	}
}
