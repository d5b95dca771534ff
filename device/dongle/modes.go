package dongle

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"earshot/device"
)

// begin listens to the modes that the user asked for, or to the set with the most of
// them if they can only be received in turns.
func (r *Receiver) begin(ctx context.Context) error {
	sets, wanted := r.protocol.ModeSets(), r.Wanted()
	if len(wanted) == 0 || Holds(sets, wanted) != nil {
		return r.tune(ctx, wanted)
	}
	var most []device.LinkMode
	for _, m := range wanted {
		if Holds(sets, []device.LinkMode{m}) == nil {
			return r.tune(ctx, wanted) // which returns an error with the reason
		}
	}
	for _, set := range sets {
		has := slices.DeleteFunc(slices.Clone(wanted), func(m device.LinkMode) bool { return !slices.Contains(set, m) })
		if len(has) > len(most) {
			most = has
		}
	}
	return r.tune(ctx, most)
}

// tune listens to modes; nil is the widest set there is.
func (r *Receiver) tune(ctx context.Context, modes []device.LinkMode) error {
	sets := r.protocol.ModeSets()
	set := Holds(sets, modes)
	if len(modes) == 0 && len(sets) > 0 {
		set = sets[0]
	}
	if set == nil {
		why := r.identity.Note
		if why != "" {
			why = " (" + why + ")"
		}
		return device.Errorf(device.ErrUnsupported, "%s: it cannot receive %s at the same time: ask for what it can receive, %s%s", r.info.Name, device.JoinModes(modes, "+"), joinSets(sets), why)
	}
	err := r.protocol.Tune(ctx, r.link, set)
	r.learn() // Tune may have found out what the dongle cannot do
	if err != nil {
		return fmt.Errorf("%s: setting it to %s: %w", r.info.Name, device.JoinModes(set, "+"), err)
	}
	set = slices.Clone(set)
	r.modes.Store(&set)
	return nil
}

// learn stores what the dongle can listen to for other goroutines.
func (r *Receiver) learn() {
	sets := r.protocol.ModeSets()
	r.sets.Store(&sets)
}

func joinSets(sets [][]device.LinkMode) string {
	names := make([]string, len(sets))
	for i, set := range sets {
		names[i] = device.JoinModes(set, "+")
	}
	return strings.Join(names, ", or ")
}

// Holds returns the smallest of sets that holds all modes; nil if none does.
func Holds(sets [][]device.LinkMode, modes []device.LinkMode) []device.LinkMode {
	var best []device.LinkMode
	for _, set := range sets {
		if (best == nil || len(set) < len(best)) && !slices.ContainsFunc(modes, func(m device.LinkMode) bool { return !slices.Contains(set, m) }) {
			best = set
		}
	}
	return best
}
