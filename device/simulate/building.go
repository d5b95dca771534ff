package simulate

import (
	"strings"
	"time"

	"earshot/device/wmbus"
)

// DefaultMeters is the number of meters in Søndergade 12.
const DefaultMeters = 48

// Options describe a building. The zero value is Søndergade 12 with a correct list
// and no neighbours.
type Options struct {
	Meters     int       // listed ones; 0 is DefaultMeters
	Neighbours int       // unlisted meters that are also received
	Mishaps    bool      // the list and some meters have typical faults (Mishaps)
	Kinds      []Kind    // further mishaps, each at a row that suits it, if there is one
	Start      time.Time // offset 0, in the zone of the meters' clocks; zero means DemoStart
	// Perfect makes the radio lose nothing: no distance, no collisions.
	Perfect bool
	// Rate is how many telegrams all meters together send per second; 0 means
	// that each make has its own interval.
	Rate float64
}

// Building is a building full of meters. It does not change; its methods may be
// called from several goroutines.
type Building struct {
	seed    uint64
	start   time.Time
	perfect bool
	meters  []*Meter // the listed ones, then the neighbours'
	rows    []Row
	mishaps []Mishap
	struck  map[int]bool // rows with a mishap
	taken   map[wmbus.ID]bool
}

// DemoStart returns when the demo was recorded: a Monday morning, in the standard
// time of Denmark, which its meters keep all year.
func DemoStart() time.Time {
	return time.Date(2026, time.March, 2, 9, 15, 0, 0, time.FixedZone("", 3600))
}

// New builds a building. The same arguments give the same building.
func New(seed uint64, opt Options) *Building {
	if opt.Meters <= 0 {
		opt.Meters = DefaultMeters
	}
	if opt.Start.IsZero() {
		opt.Start = DemoStart()
	}
	b := newBuilding(seed, opt)
	entrance, spots := 0, entranceA
	for i := 0; len(b.meters) < opt.Meters; i++ {
		if i == len(spots) {
			i, entrance = 0, entrance+1
			spots = [][]spot{entranceA, entranceB}[entrance%2]
		}
		b.add(&spots[i], entrance)
	}
	b.finish(opt)
	return b
}

func newBuilding(seed uint64, opt Options) *Building {
	return &Building{seed: seed, start: opt.Start, perfect: opt.Perfect, struck: make(map[int]bool), taken: make(map[wmbus.ID]bool)}
}

// finish adds the neighbours' meters, the list and what is wrong.
func (b *Building) finish(opt Options) {
	listed := len(b.meters)
	for i := range opt.Neighbours {
		b.addNeighbour(nextDoor[i%len(nextDoor)])
	}
	if opt.Rate > 0 {
		b.setRate(opt.Rate)
	}
	for _, m := range b.meters[:listed] {
		b.rows = append(b.rows, newRow(m))
	}
	if opt.Mishaps {
		b.applyPlaced()
	}
	b.apply(opt.Kinds)
}

// add adds a listed meter.
func (b *Building) add(s *spot, entrance int) {
	m := b.newMeter(s.model, b.taken)
	m.Listed = true
	m.Place = Place{Entrance: letters(entrance), Floor: s.floor, Apartment: s.apartment, Room: s.room}
	m.level = s.model.power - pathLoss(entrance, where(entrance, s)) + throw(b.seed, forShadow, m.index).normal(300)
	b.meters = append(b.meters, m)
}

// addNeighbour adds a meter across the yard.
func (b *Building) addNeighbour(kind *model) {
	m := b.newMeter(kind, b.taken)
	m.level = throw(b.seed, forShadow, m.index).between(nextDoorLevel.low, nextDoorLevel.high)
	b.meters = append(b.meters, m)
}

// commissioning is the latest start of a meter's first telegram after the start of
// the simulation, if its interval allows.
const commissioning = 23 * time.Second

func (b *Building) newMeter(kind *model, taken map[wmbus.ID]bool) *Meter {
	m := &Meter{model: kind, index: uint64(len(b.meters)), seed: b.seed}
	maker, err := wmbus.ParseManufacturer(kind.maker)
	if err != nil {
		panic("simulate: " + err.Error()) // the makes are a table of this package
	}
	m.Address = wmbus.Address{Manufacturer: maker, ID: b.newID(m.index, taken), Version: kind.version, Type: kind.kind}
	if kind.security != wmbus.ModeNone {
		throw(b.seed, forKey, m.index).bytes(m.raw[:])
		m.key = mustKey(m.raw)
	}
	habits := throw(b.seed, forHabits, m.index)
	m.interval = time.Duration(habits.between(int64(kind.shortest/time.Second), int64(kind.longest/time.Second))) * time.Second
	m.phase = time.Duration(habits.below(int64(min(m.interval, commissioning))))
	m.access = byte(habits.next())
	reading := throw(b.seed, forReading, m.index)
	m.daily = reading.between(kind.daily.low, kind.daily.high)
	m.start = reading.between(kind.start.low, kind.start.high)
	if kind.kind == wmbus.TypeHeatCostAllocator { // starts again at 0 each year
		m.start = m.daily*int64(b.start.YearDay()) + m.start%50
	}
	m.warmth = reading.between(4, 18)
	return m
}

// newID draws an unused identification number of eight digits.
func (b *Building) newID(index uint64, taken map[wmbus.ID]bool) wmbus.ID {
	for d := throw(b.seed, forNumber, index); ; {
		if id := decimal(d.between(10_000_000, 89_999_999)); !taken[id] {
			taken[id] = true
			return id
		}
	}
}

// decimal is a number as the digits of an ID.
func decimal(n int64) (id wmbus.ID) {
	for shift := 0; n > 0; n, shift = n/10, shift+4 {
		id |= wmbus.ID(n%10) << shift
	}
	return id
}

func mustKey(raw [16]byte) *wmbus.Key {
	key, err := wmbus.NewKey(raw[:])
	if err != nil {
		panic("simulate: " + err.Error()) // 16 bytes are always a valid key
	}
	return key
}

// setRate gives all meters the same interval and spreads them evenly over it.
func (b *Building) setRate(perSecond float64) {
	interval := time.Duration(float64(len(b.meters)) / perSecond * float64(time.Second))
	for i, m := range b.meters {
		m.interval = max(interval, time.Microsecond)
		m.phase = interval * time.Duration(i) / time.Duration(len(b.meters))
	}
}

// letters names entrances A to Z, AA, AB and so on.
func letters(n int) string {
	name := ""
	for n++; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// Meters returns all meters: the listed ones in the order of the list, then the
// neighbours'.
func (b *Building) Meters() []*Meter { return append([]*Meter(nil), b.meters...) }

// Rows returns the supplier's list.
func (b *Building) Rows() []Row { return append([]Row(nil), b.rows...) }

// Mishaps returns what is wrong, in the order of the list.
func (b *Building) Mishaps() []Mishap { return append([]Mishap(nil), b.mishaps...) }

// String returns the place in one line: "A st tv bath".
func (p Place) String() string {
	return strings.Join(strings.Fields(p.Entrance+" "+p.Floor+" "+p.Apartment+" "+p.Room), " ")
}

// Start returns the time at offset 0.
func (b *Building) Start() time.Time { return b.start }
