package share

import (
	"context"
	"time"

	"earshot/collector/receivers"
	"earshot/device"
	"earshot/device/wmbus"
)

// Site is what a hub has to know of a site. Its methods are called from
// several goroutines.
type Site interface {
	// Expects returns the row of the meter that sent a telegram; false if
	// the site does not expect it.
	Expects(h wmbus.Header) (row int, ok bool)
	// Resembles reports whether an unlisted telegram may be from a meter that
	// the list has with a typing error; sure: the key of that row opens it.
	Resembles(h wmbus.Header, f device.Frame) (near, sure bool)
}

// Config says what a hub shares, and among which sites.
type Config struct {
	Receivers []device.Open
	Sites     []Site
	// Missing are the meters of all sites that are still to be heard; nil if that
	// is not known. It is called now and then.
	Missing func() receivers.Missing
	// Longest is the longest time that any meter may take to be heard.
	Longest time.Duration
	// Speed divides the turns of link modes, for replays; 0 means 1.
	Speed float64
	// ResetEvery restarts each receiver from time to time; 0 never does.
	ResetEvery time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Hub shares receivers among sites.
type Hub struct {
	cfg     Config
	group   *receivers.Group
	shared  []*shared // by receiver
	air     air
	notices notices
}

// Open opens all receivers side by side, or none: then the errors are joined.
func Open(ctx context.Context, cfg Config) (*Hub, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	sources, err := receivers.Open(ctx, cfg.Receivers, 1)
	if err != nil {
		return nil, err
	}
	h := &Hub{cfg: cfg, notices: notices{changed: make(chan struct{}, 1)}}
	h.group = receivers.New(receivers.Config{
		Longest: cfg.Longest, ResetEvery: cfg.ResetEvery, Speed: cfg.Speed, GiveUpAfter: receivers.GiveUpAfter,
		Missing: cfg.Missing, Now: cfg.Now,
	}, sources)
	for _, r := range h.group.Members() {
		h.shared = append(h.shared, newShared(h, r))
	}
	return h, nil
}

// Run receives until ctx ends and every goroutine has ended, and closes the
// receivers.
func (h *Hub) Run(ctx context.Context) {
	_ = h.group.Run(ctx, func(i int) receivers.Observer { return h.shared[i] }) // the sites and the report say how each ended
}

// Receivers are the receivers as the site i (of Config.Sites) sees them.
func (h *Hub) Receivers(i int) []device.Open {
	out := make([]device.Open, len(h.shared))
	for n, s := range h.shared {
		out[n] = func(ctx context.Context) (device.Receiver, error) { return s.view(ctx, i) }
	}
	return out
}

// Leave says that site i is done: nothing is kept for it.
func (h *Hub) Leave(i int) {
	for _, s := range h.shared {
		s.subscribers[i].leave()
	}
}

// Turns is how many turns the link modes take: see receivers.Group.
func (h *Hub) Turns() int { return h.group.Turns() }

// takers are the sites that a telegram goes to, and the row of its meter in
// each; none if no site has a use for it.
func (h *Hub) takers(head wmbus.Header, f device.Frame) (to []taker) {
	for i, s := range h.cfg.Sites {
		if row, ok := s.Expects(head); ok {
			to = append(to, taker{i, row})
		}
	}
	if len(to) > 0 {
		return to
	}
	for i, s := range h.cfg.Sites {
		switch near, sure := s.Resembles(head, f); {
		case sure:
			return []taker{{i, unlistedRow}}
		case near && to == nil:
			to = []taker{{i, unlistedRow}}
		}
	}
	return to
}

// taker is a site that a telegram goes to.
type taker struct{ site, row int }

// unlistedRow is the row of meters that are in no list.
const unlistedRow = -1
