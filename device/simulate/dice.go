package simulate

// dice is a source of random numbers that is the same on every machine and in every
// release of Go (SplitMix64). Each purpose has its own, so that the draws of one
// part never shift those of another.
type dice struct{ state uint64 }

// Purposes make two draws for the same meter and telegram differ.
const (
	forNumber uint64 = iota + 1
	forKey
	forWrongKey
	forHabits
	forReading
	forShadow
	forJitter
	forFading
	forReception
	forMishap
	forNoise
	forLayout
)

func throw(seed uint64, purpose uint64, parts ...uint64) *dice {
	d := &dice{state: seed}
	d.mix(purpose)
	for _, p := range parts {
		d.mix(p)
	}
	return d
}

// mix makes the state depend on p.
func (d *dice) mix(p uint64) { d.state = d.next() ^ p*0xff51afd7ed558ccd }

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n−1; n is at least 1.
func (d *dice) below(n int64) int64 { return int64(d.next() % uint64(n)) }

// between returns a number from low to high, both included.
func (d *dice) between(low, high int64) int64 { return low + d.below(high-low+1) }

// chance is true with the given probability.
func (d *dice) chance(p float64) bool { return float64(d.next()>>11)/(1<<53) < p }

// normal returns a whole number with mean 0 and the given standard deviation: the
// sum of twelve draws, without floating point.
func (d *dice) normal(deviation int64) int64 {
	var sum int64
	for range 12 {
		sum += d.below(1 << 16)
	}
	return (sum - 6<<16) * deviation >> 16
}

// bytes fills b with random bytes.
func (d *dice) bytes(b []byte) {
	for i := range b {
		b[i] = byte(d.next() >> 56)
	}
}
