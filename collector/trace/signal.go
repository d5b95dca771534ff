package trace

import "math"

// kept is how many signals are remembered.
const kept = 24

// Signals are the last signals of a meter, in dBm. The zero value has none.
type Signals struct {
	last [kept]int8
	n    int
}

// Add adds a signal in dBm.
func (s *Signals) Add(dBm int16) {
	s.last[s.n%kept] = int8(max(math.MinInt8, min(math.MaxInt8, dBm)))
	s.n++
}

// Last returns the last n signals in dBm, oldest first; fewer if there are fewer.
func (s *Signals) Last(n int) []int8 {
	n = min(n, s.n, kept)
	out := make([]int8, 0, max(n, 0))
	for i := s.n - n; i < s.n; i++ {
		out = append(out, s.last[i%kept])
	}
	return out
}

// The classes of a Histogram.
const (
	Classes = 16
	// Weakest is the lower end of the first class in dBm: it has all that is weaker too.
	Weakest = -110
	// Step is how many dB a class has.
	Step = 5
)

// Histogram counts signals by classes of Step dB. The last class has all that is
// stronger too.
type Histogram [Classes]int

// Add counts a signal in dBm.
func (h *Histogram) Add(dBm int16) {
	class := 0
	if dBm > Weakest {
		class = min(Classes-1, (int(dBm)-Weakest)/Step)
	}
	h[class]++
}

// Total is how many signals were counted.
func (h *Histogram) Total() (n int) {
	for _, count := range h {
		n += count
	}
	return n
}

// Median returns the lower end in dBm of the class in the middle of all signals; ok is
// false if there is none.
func (h *Histogram) Median() (dBm int, ok bool) {
	total := h.Total()
	for class, below := 0, 0; class < Classes; class++ {
		if below += h[class]; total > 0 && 2*below >= total {
			return Weakest + class*Step, true
		}
	}
	return 0, false
}
