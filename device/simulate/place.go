package simulate

import "math"

// Place is where a meter is mounted, in the words of the list.
type Place struct {
	Entrance, Floor, Apartment, Room string
}

// spot is a place in an entrance and the make of its meter.
type spot struct {
	floor, apartment, room string
	model                  *model
}

// position is where a spot is, in metres from the foot of the stairs of entrance A,
// and what is between it and the receiver there.
type position struct {
	x, y, z       float64
	floors, walls int
}

// heights are the floors of a Danish house: cellar, ground floor (stuen), 1 to 3.
var heights = map[string]int{"kl": -1, "st": 0, "1": 1, "2": 2, "3": 3}

// rooms are the distances of rooms from the flat's door, and the walls in between.
var rooms = map[string]struct {
	depth float64
	walls int
}{
	"stairs": {1, 0}, "plant": {3, 1}, "meter board": {2, 1}, "bath": {4, 2}, "kitchen": {6, 2}, "living room": {8, 2},
}

const (
	storey       = 2.9  // metres from floor to floor
	flatOffset   = 3.0  // from the stairs to the middle of a flat
	nextEntrance = 15.0 // from stairs to stairs

	firstMetre = 3140 // loss over the first metre at 868.95 MHz, 1/100 dB
	floorLoss  = 620  // reinforced concrete
	wallLoss   = 300  // brick
	stairsLoss = 900  // the two walls between entrances
)

// where returns the position of a spot. Entrances are counted from 0, and there is
// a dongle at the foot of the stairs of every other one.
func where(entrance int, s *spot) position {
	room := rooms[s.room]
	p := position{
		x: nextEntrance * float64(entrance%2), y: room.depth, z: storey*float64(heights[s.floor]) + 0.5,
		floors: max(heights[s.floor], -heights[s.floor]), walls: room.walls,
	}
	switch s.apartment {
	case "tv":
		p.x -= flatOffset
	case "th":
		p.x += flatOffset
	}
	return p
}

// pathLoss returns the path loss of a signal in 1/100 dB: free space by distance,
// floors and walls.
func pathLoss(entrance int, p position) int64 {
	distance := math.Max(1, math.Sqrt(float64(p.x*p.x)+float64(p.y*p.y)+float64(p.z*p.z)))
	loss := firstMetre + int64(math.Round(2000*math.Log10(distance)))
	loss += int64(p.floors)*floorLoss + int64(p.walls)*wallLoss
	if entrance%2 == 1 {
		loss += stairsLoss
	}
	return loss
}
