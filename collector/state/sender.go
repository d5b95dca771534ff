package state

import (
	"slices"
	"strings"

	"earshot/collector/keys"
	"earshot/device/wmbus"
)

// sender is a meter that sends with the number of a row. Two of them are two
// meters: the maker of one differs, or what it measures.
type sender struct {
	address wmbus.Address
	proved  bool // the key of the row opens its telegrams
}

// maxSenders bounds how many are remembered: a number is eight digits of
// somebody else's choosing.
const maxSenders = 8

// kinships are media that one meter may name by turns.
var kinships = map[string]string{
	"warm water": "water", "hot water": "water", "cold water": "water", "hot/cold water": "water", "irrigation water": "water", "water data logger": "water",
	"cooling": "heat", "heat/cooling": "heat",
	"gas data logger": "gas", "gas converter": "gas",
}

// adapters are media that say nothing about what is measured.
var adapters = map[string]bool{
	"other": true, "unknown": true, "reserved": true, "any": true, "radio converter": true, "bus converter": true, "communication controller": true,
	"repeater": true, "system device": true, "bus/system component": true, "service tool": true,
}

// kin is what two types of one meter have in common, "" if that is not known.
func kin(a wmbus.Address) string {
	medium := a.Medium()
	if adapters[medium] {
		return ""
	}
	if common, known := kinships[medium]; known {
		return common
	}
	return medium
}

// same reports whether two addresses may be of one meter.
func (x *sender) same(a wmbus.Address) bool {
	const letters = 0x7FFF
	one, other := kin(x.address), kin(a)
	return x.address.Manufacturer&letters == a.Manufacturer&letters && (one == other || one == "" || other == "")
}

// recognise finds out which of the meters with the row's number sent a telegram.
// A telegram that an adapter with that number passed on is of no account.
func (r *Row) recognise(a wmbus.Address) {
	r.from, r.foreign = -1, false
	if own := r.ID; a.ID != own && (r.Correction == nil || a.ID != r.Correction.ID) {
		return
	}
	r.from = slices.IndexFunc(r.senders, func(x sender) bool { return x.same(a) })
	switch {
	case r.from >= 0 && kin(r.senders[r.from].address) == "" && kin(a) != "":
		r.senders = slices.Clone(r.senders)
		r.senders[r.from].address = a
	case r.from < 0 && len(r.senders) < maxSenders:
		r.from = len(r.senders)
		r.senders = append(slices.Clip(r.senders), sender{address: a})
	case r.from < 0:
		r.foreign = true
		return
	}
	r.foreign = !slices.Contains(r.mine(), r.from)
}

// mine are the senders that may be the row's meter: the one whose telegrams its
// key opens, else those of the medium that the list names, else all.
func (r *Row) mine() (mine []int) {
	for _, is := range []func(*sender) bool{
		func(x *sender) bool { return x.proved },
		func(x *sender) bool { return r.wants != "" && alike(r.wants, x.address) },
		func(*sender) bool { return true },
	} {
		for i := range r.senders {
			if is(&r.senders[i]) {
				mine = append(mine, i)
			}
		}
		if len(mine) > 0 {
			return mine
		}
	}
	return nil
}

// alike reports whether a list names a medium as the meter does: "Cold water",
// "water".
func alike(listed string, a wmbus.Address) bool {
	listed, medium := strings.ToLower(strings.TrimSpace(listed)), a.Medium()
	if common, known := kinships[listed]; known {
		listed = common
	}
	return listed == medium || listed == kin(a)
}

// contested reports whether several meters may be the row's.
func (r *Row) contested() bool { return len(r.mine()) > 1 }

// contest takes none of them. A row with a key waits for a telegram that it
// opens; nothing else decides but the list.
func (r *Row) contest(at At) {
	var names []string
	for _, i := range r.mine() {
		a := r.senders[i].address
		names = append(names, a.Manufacturer.String()+" "+a.Medium())
	}
	slices.Sort(names)
	reason := Reason{Code: ReasonTwoMeters, Text: strings.Join(names, ", ")}
	if r.keyed() && !r.answered() && r.Read.Active {
		r.lacks(at, KindTwoMeters, reason)
		return
	}
	r.Reading, r.sound = nil, nil
	r.fail(StepDecrypted, at, KindTwoMeters, reason)
	for step := StepDecoded; step < Steps; step++ {
		r.Chain[step] = StepOpen
	}
}

// prove notes that the row's key opened the last telegram.
func (r *Row) prove() {
	r.proved = true
	if !r.KeyFound {
		r.Clue, r.Proof, r.mutual = keys.Clue{}, nil, false
	}
	if r.from >= 0 && !r.senders[r.from].proved {
		r.senders = slices.Clone(r.senders)
		r.senders[r.from].proved = true
	}
	r.foreign = false
}

// forgetSenders forgets those that may have been others' long ago: what the key
// of the row opened is its meter's still.
func (r *Row) forgetSenders() {
	r.senders = slices.DeleteFunc(slices.Clone(r.senders), func(x sender) bool { return !x.proved })
	r.from, r.foreign = -1, false
}

// listedMedia are the media that lists name in the words of package wmbus. What a list
// calls something else is not understood.
var listedMedia = map[string]bool{
	"cold water": true, "warm water": true, "water": true, "heat": true, "cooling": true, "heat/cooling": true, "heat cost allocator": true,
	"electricity": true, "gas": true, "smoke detector": true,
}

// contradicts reports whether a meter on the air says of itself that it measures
// something else than the list says. Cold and warm water contradict each other: their
// rows are easily exchanged. A meter that says "water" may be of either.
func contradicts(listed string, a wmbus.Address) bool {
	want, is := strings.ToLower(strings.TrimSpace(listed)), a.Medium()
	return !compatible(listed, a) || want == "cold water" && is == "warm water" || want == "warm water" && is == "cold water"
}

// compatible reports whether a meter on the air may measure what a list says.
func compatible(listed string, a wmbus.Address) bool {
	want, is, common := strings.ToLower(strings.TrimSpace(listed)), a.Medium(), kin(a)
	if !listedMedia[want] || common == "" || is == want {
		return true
	}
	if k, known := kinships[want]; known {
		want = k
	}
	return want == common
}
