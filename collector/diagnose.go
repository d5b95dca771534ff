package collector

import (
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
)

// maxKeyTrials bounds how many keys of the list are tried on one telegram.
const maxKeyTrials = 4096

// maxTrials is how many telegrams of a meter are compared with the whole list,
// as long as nothing was found: the first one may have been garbled.
const maxTrials = 3

// trial is the search for the row whose key opens a meter's telegrams.
type trial struct {
	ref   string // "" if none was found
	times int
}

// fittingKey looks for the row whose key opens a telegram that the key of its
// own row does not open.
func (x *examiner) fittingKey(row int, frame []byte) string {
	x.mu.Lock()
	found := x.fits[row]
	if found == nil {
		found = &trial{}
		x.fits[row] = found
	}
	ref, search := found.ref, found.ref == "" && found.times < maxTrials
	found.times++
	x.mu.Unlock()
	if !search {
		return ref
	}
	for i, key := range x.keys[:min(len(x.keys), maxKeyTrials)] {
		if i != row && key != nil && x.opens(key, frame) {
			ref = x.site.Meters[i].Ref()
			break
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	found.ref = ref
	return ref
}

// opens reports whether a key certainly opens a telegram: its check bytes are
// right and the content makes sense. The check bytes have only 16 bits: among
// thousands of keys one would fit by chance.
func (x *examiner) opens(key *wmbus.Key, frame []byte) bool {
	t := x.telegrams.Get().(*wmbus.Telegram)
	defer x.telegrams.Put(t)
	_ = x.decoder.Decode(t, frame, key)
	return t.Security.Result == wmbus.SecurityOK && (t.Err == nil || t.Err.Kind == wmbus.ErrNeedFormat)
}

// resemblance is an expected meter that an unlisted one may be.
type resemblance struct {
	ref     string // "" if none was found
	keyFits bool
	times   int
}

// unlisted makes the event of a telegram of a meter that is not in the list.
func (x *examiner) unlisted(meter wmbus.Address, f device.Frame) state.UnlistedHeard {
	ev := state.UnlistedHeard{At: state.At{Time: f.Time}, Address: meter, Reception: state.ReceptionOf(f)}
	x.mu.Lock()
	like := x.known[meter]
	if like == nil && len(x.known) < state.MaxUnlisted {
		like = &resemblance{}
		x.known[meter] = like
	}
	if like == nil { // too many unlisted meters
		x.mu.Unlock()
		return ev
	}
	ev.Near, ev.KeyFits = like.ref, like.keyFits
	search := !like.keyFits && like.times < maxTrials
	like.times++
	x.mu.Unlock()
	if !search {
		return ev
	}
	ev.Near, ev.KeyFits = x.resembles(meter, f.Bytes)
	x.mu.Lock()
	defer x.mu.Unlock()
	like.ref, like.keyFits = ev.Near, ev.KeyFits
	return ev
}

// hints reports whether a telegram that the quota has no room for shows that its
// meter may be a row's, which is not known yet. It leaves no trace in what stored
// telegrams are examined by: the log has to give the same verdicts without it.
func (x *examiner) hints(meter wmbus.Address, frame []byte) bool {
	x.mu.Lock()
	like := x.known[meter]
	room := like != nil && !like.keyFits && like.times < maxTrials || like == nil && len(x.known) < state.MaxUnlisted
	known := ""
	if like != nil {
		known = like.ref
	}
	if tried := x.tried[meter]; room {
		room = tried < maxTrials && (tried > 0 || len(x.tried) < state.MaxUnlisted)
	}
	if room {
		x.tried[meter]++
	}
	x.mu.Unlock()
	if !room {
		return false
	}
	near, keyFits := x.resembles(meter, frame)
	return near != "" && (near != known || keyFits)
}

// unstored makes the event of a telegram that is not stored.
func (x *examiner) unstored(meter wmbus.Address, f device.Frame) state.UnlistedHeard {
	ev := state.UnlistedHeard{At: state.At{Time: f.Time}, Address: meter, Reception: state.ReceptionOf(f), NotStored: true}
	x.mu.Lock()
	defer x.mu.Unlock()
	if like := x.known[meter]; like != nil {
		ev.Near, ev.KeyFits = like.ref, like.keyFits
	}
	return ev
}

// resembles finds the row that the unlisted meter may be: its ID is one digit
// or one swap of neighbours away, and the row's key opens the telegram. If no
// key can prove it, only a swap counts: meters bought together have numbers
// that differ in one digit.
func (x *examiner) resembles(meter wmbus.Address, frame []byte) (ref string, keyFits bool) {
	t := x.telegrams.Get().(*wmbus.Telegram)
	_ = x.decoder.Decode(t, frame, nil)
	encrypted := t.Security.Result != wmbus.NotEncrypted
	x.telegrams.Put(t)
	for i := range x.site.Meters {
		m := &x.site.Meters[i]
		if m.Manufacturer != 0 && m.Manufacturer != meter.Manufacturer {
			continue
		}
		swapped, near := almostSame(m.ID, meter.ID)
		switch {
		case !near:
		case encrypted && x.keys[i] != nil:
			if x.opens(x.keys[i], frame) {
				return m.Ref(), true
			}
		case swapped && ref == "":
			ref = m.Ref()
		}
	}
	return ref, false
}

// almostSame reports whether two IDs differ in one digit only, or in two
// neighbouring digits that are swapped.
func almostSame(a, b wmbus.ID) (swapped, near bool) {
	diff := a ^ b
	var digits []int
	for i := range 8 {
		if diff>>(4*i)&0xF != 0 {
			digits = append(digits, i)
		}
	}
	digit := func(id wmbus.ID, i int) wmbus.ID { return id >> (4 * i) & 0xF }
	switch {
	case len(digits) == 1:
		return false, true
	case len(digits) == 2 && digits[1] == digits[0]+1:
		lo, hi := digits[0], digits[1]
		swapped = digit(a, lo) == digit(b, hi) && digit(a, hi) == digit(b, lo)
		return swapped, swapped
	}
	return false, false
}
