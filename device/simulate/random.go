package simulate

import (
	"slices"
	"time"
)

// Random builds a building of its seed's own making, with 8 to 70 meters and some
// neighbours', one to ten mishaps and a few traps; or, if kinds are given, with
// those. The same arguments give the same building.
func Random(seed uint64, kinds ...Kind) *Building {
	if len(kinds) == 0 {
		return random(seed, throw(seed, forLayout), nil)
	}
	for attempt := uint64(1); ; attempt++ {
		b := random(seed, throw(seed, forLayout, attempt), kinds)
		if len(b.mishaps) == len(kinds) || attempt == attempts {
			return b
		}
	}
}

// attempts bounds how many buildings are tried until one suits all the kinds.
const attempts = 100

func random(seed uint64, d *dice, kinds []Kind) *Building {
	if len(kinds) == 0 {
		kinds = randomKinds(d)
	}
	b := newBuilding(seed, Options{Start: randomStart(d, slices.Contains(kinds, OfficeHours))})
	cold, warm, allocator := pick(d, &multical21Cold, &hydrus), pick(d, &multical21Warm, &iuws), pick(d, &ultego, &qundis)
	floors := []string{"st", "1", "2", "3"}[:d.between(1, 4)]
	for entrance := range int(d.between(1, 2)) {
		for _, s := range []spot{{"kl", "", "plant", pick(d, &multical302, &scylar)}, {"kl", "", "plant", &scylar}, {"kl", "", "meter board", &electricity}, {"st", "", "stairs", &waterStar}} {
			b.add(&s, entrance)
		}
		for _, floor := range floors {
			b.add(&spot{floor, "", "stairs", pick(d, &smokeDetector, &hydrosonic)}, entrance)
			for _, flat := range []string{"tv", "th"} {
				b.add(&spot{floor, flat, "bath", cold}, entrance)
				if d.chance(0.8) {
					b.add(&spot{floor, flat, "bath", warm}, entrance)
				}
				b.add(&spot{floor, flat, "living room", allocator}, entrance)
			}
		}
	}
	b.number(d)
	for _, m := range b.meters {
		m.level = max(m.level, audible)
	}
	b.finish(Options{Neighbours: int(d.between(0, 6)), Kinds: kinds})
	return b
}

// audible is the weakest level of a meter in a random building, in 1/100 dBm: its
// gateway has a good place.
const audible = -8400

// pick is one of some makes.
func pick(d *dice, makes ...*model) *model { return makes[d.below(int64(len(makes)))] }

// number gives the meters of a make the numbers of a batch, as they are bought.
func (b *Building) number(d *dice) {
	next := make(map[*model]int64)
	for _, m := range b.meters {
		if next[m.model] == 0 {
			next[m.model] = d.between(10_000_000, 89_000_000)
		}
		for b.taken[decimal(next[m.model])] {
			next[m.model]++
		}
		m.Address.ID = decimal(next[m.model])
		b.taken[m.Address.ID] = true
		next[m.model] += d.between(1, 4)
	}
}

// randomKinds are one to ten mishaps, each once, and one to four traps.
func randomKinds(d *dice) []Kind {
	var wrong []Kind
	for _, k := range Kinds() {
		if !slices.Contains(traps, k) {
			wrong = append(wrong, k)
		}
	}
	return append(some(d, wrong, d.between(1, 10)), some(d, traps, d.between(1, 4))...)
}

// some are n of all, each once.
func some(d *dice, all []Kind, n int64) (out []Kind) {
	left := slices.Clone(all)
	for range n {
		i := d.below(int64(len(left)))
		out, left = append(out, left[i]), slices.Delete(left, int(i), int(i)+1)
	}
	return out
}

// randomStart is a working hour of 2026, or an hour on a Sunday.
func randomStart(d *dice, sunday bool) time.Time {
	day := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 7*int(d.below(50))+int(d.below(5)))
	if sunday {
		day = day.AddDate(0, 0, 6-(int(day.Weekday())+6)%7)
	}
	offset := 3600
	if month := day.Month(); month > time.March && month < time.November {
		offset = 7200
	}
	return time.Date(day.Year(), day.Month(), day.Day(), int(d.between(8, 16)), int(d.below(60)), 0, 0, time.FixedZone("", offset))
}
