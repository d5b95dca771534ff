package keys

import (
	"bytes"
	"iter"
	"math/bits"
	"slices"

	"earshot/collector/site"
	"earshot/device/wmbus"
)

// certainty is how much evidence there must be beyond what chance gives: of all the
// keys that are tried for all rows of a list, a wrong one passes once in 2 to the
// power of it such lists.
const certainty = 14

// maxTelegrams is how many telegrams of a meter are compared.
const maxTelegrams = 4

// maxOthers bounds how many keys of other rows are tried for a row.
const maxOthers = 16384

// Searcher searches for the keys of a list's rows. It belongs to one goroutine.
type Searcher struct {
	meters  []site.Meter
	keyed   []int // rows with a key
	loose   []site.LooseKey
	general []candidate

	decoder  wmbus.Decoder
	telegram wmbus.Telegram
}

// New returns a searcher. templates are those with which compact frames are read;
// they are not changed.
func New(s site.Site, templates *wmbus.Templates) *Searcher {
	out := &Searcher{meters: s.Meters, loose: slices.DeleteFunc(slices.Clone(s.Loose), func(k site.LooseKey) bool { return !k.Key.Known() }), general: generalKeys(), decoder: wmbus.Decoder{Templates: templates, Frozen: true}}
	for row := range s.Meters {
		if s.Meters[row].Key.Known() {
			out.keyed = append(out.keyed, row)
		}
	}
	return out
}

// Find looks for the key of a row that telegrams of its meter, which the listed one
// does not open, are encrypted with. More of them, with different content, are more
// evidence. The proof is those that the key opens; ok is false if there is no key
// that is certain. more is called between a few dozen trials and may wait; if it
// returns false the search is given up.
func (s *Searcher) Find(row int, telegrams [][]byte, more func() bool) (clue Clue, proof [][]byte, ok bool) {
	trials := s.trials(telegrams)
	for _, first := range trials {
		for c := range every(s.candidates(row), more) {
			if !first.Admits(c.key) {
				continue
			}
			if evidence, opened := s.evidence(c.key, trials); evidence >= s.needed(c.bits) {
				return c.Clue, opened, true
			}
		}
	}
	return Clue{}, nil, false
}

// trial is a telegram that keys are tried on.
type trial struct {
	*wmbus.Trial
	frame []byte
}

// trials are the last telegrams, each once, the newest first.
func (s *Searcher) trials(telegrams [][]byte) (out []trial) {
	for _, frame := range slices.Backward(telegrams) {
		same := func(t trial) bool { return bytes.Equal(t.frame, frame) }
		if len(out) < maxTelegrams && !slices.ContainsFunc(out, same) {
			out = append(out, trial{wmbus.NewTrial(frame), frame})
		}
	}
	return out
}

// few is how many keys are tried before the caller is asked whether to continue.
const few = 64

// every passes on values and asks more every few of them.
func every(all iter.Seq[candidate], more func() bool) iter.Seq[candidate] {
	return func(yield func(candidate) bool) {
		n := 0
		for c := range all {
			if n++; n%few == 0 && !more() || !yield(c) {
				return
			}
		}
	}
}

// needed is the evidence that a key needs which is one of 2 to the power of sort.
func (s *Searcher) needed(sort int) int { return certainty + bits.Len(uint(len(s.meters))) + sort }

// evidence is how certain it is that a key is the one of telegrams, in bits, and those
// that it opens.
func (s *Searcher) evidence(key *wmbus.Key, trials []trial) (sum int, opened [][]byte) {
	for _, t := range trials {
		if !t.Admits(key) {
			continue
		}
		_ = s.decoder.Decode(&s.telegram, t.frame, key)
		if e := s.telegram.KeyEvidence(); e > 0 {
			sum += e
			opened = append(opened, t.frame)
		}
	}
	return sum, opened
}

// Seen is what is wrong with the key of a row as the list shows it: it is a
// placeholder, or that of another row. The zero Clue: nothing is.
func (s *Searcher) Seen(row int) Clue {
	own := s.meters[row].Key.Prepared()
	if own == nil {
		return Clue{}
	}
	if isPlaceholder(own) {
		return Clue{Fault: Placeholder, Line: s.meters[row].Row}
	}
	nearest, same := -1, 0
	for i := range s.near(row) {
		if s.meters[i].Key.Equal(s.meters[row].Key) {
			if same++; nearest < 0 {
				nearest = i
			}
		}
	}
	const rarely = 3
	if nearest < 0 || same > rarely && same > len(s.keyed)/2 { // one key for the whole building
		return Clue{}
	}
	return Clue{Fault: Copied, Of: s.meters[nearest].Ref(), Line: s.meters[nearest].Row}
}

// Owners are the rows whose key opens telegrams of a meter that no row names, given
// the rows that may be it; nil if none is certain.
func (s *Searcher) Owners(rows []int, telegrams [][]byte, more func() bool) (owners []int, proof [][]byte) {
	trials := s.trials(telegrams)
	if len(trials) == 0 {
		return nil, nil
	}
	sort := bits.Len(uint(len(rows)))
	for n, row := range rows {
		key := s.meters[row].Key.Prepared()
		if n%few == few-1 && !more() {
			return nil, nil
		}
		if key == nil || !trials[0].Admits(key) {
			continue
		}
		if evidence, opened := s.evidence(key, trials); evidence >= s.needed(sort) {
			owners, proof = append(owners, row), opened
		}
	}
	return owners, proof
}

// Resolve is the key that a clue leads to, which the proof decides; nil if there is
// none: the list is another one now.
func (s *Searcher) Resolve(row int, clue Clue, proof [][]byte) *wmbus.Key {
	trials := s.trials(proof)
	for c := range s.candidates(row) {
		if c.Clue != clue {
			continue
		}
		if _, opened := s.evidence(c.key, trials); len(trials) > 0 && len(opened) == len(trials) {
			return c.key
		}
	}
	return nil
}
