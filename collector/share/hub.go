package share

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/collector/keeper"
	"earshot/collector/radio"
	"earshot/device"
	"earshot/device/wmbus"
)

// Site is what a hub has to know of a site. Its methods are called from
// several goroutines.
type Site interface {
	// Expects returns the row of the meter that sent a telegram; false where
	// the site does not expect it.
	Expects(h wmbus.Header) (row int, ok bool)
	// Resembles tells whether an unlisted telegram may be of a meter that the
	// list has with a slip of the pen; sure: the key of that row opens it.
	Resembles(h wmbus.Header, f device.Frame) (near, sure bool)
}

// Follower is a sink that wants to know more of its receiver than telegrams.
// What a receiver view hands over to may be one.
type Follower interface {
	keeper.Follower
	// Hears says that a deaf one hears again.
	Hears(at time.Time)
}

// Config says what a hub shares, and with whom.
type Config struct {
	Receivers []device.Open
	Sites     []Site
	// Missing are the meters of all sites that are still to be heard; nil: it is
	// not known. It is called now and then.
	Missing func() radio.Missing
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
	cfg      Config
	keeper   *keeper.Keeper
	stations []*station
	air      air
	notices  notices
}

// Open opens all receivers side by side, or none: then the errors are joined.
func Open(ctx context.Context, cfg Config) (*Hub, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	h := &Hub{cfg: cfg, stations: make([]*station, len(cfg.Receivers)), notices: notices{changed: make(chan struct{}, 1)}}
	errs := make([]error, len(cfg.Receivers)) // by receiver: the order is always the same
	tasks, opening := errgroup.WithContext(ctx)
	for i, open := range cfg.Receivers {
		tasks.Go(func() error {
			r, err := open(opening)
			if err == nil {
				h.stations[i] = newStation(h, open, r)
			}
			errs[i] = err
			return err
		})
	}
	if tasks.Wait() == nil {
		h.keeper = h.newKeeper()
		return h, nil
	}
	for i, err := range errs { // what another one's failure has cancelled is no news
		if ctx.Err() == nil && errors.Is(err, context.Canceled) {
			errs[i] = nil
		}
	}
	h.close()
	return nil, errors.Join(errs...)
}

func (h *Hub) newKeeper() *keeper.Keeper {
	ears := make([]*keeper.Ear, len(h.stations))
	for i, s := range h.stations {
		ears[i] = &s.ear
	}
	return keeper.New(keeper.Config{
		Longest: h.cfg.Longest, ResetEvery: h.cfg.ResetEvery, Speed: h.cfg.Speed, Missing: h.cfg.Missing, Now: h.cfg.Now,
	}, ears)
}

// Run receives until ctx ends and every goroutine has ended, and closes the
// receivers.
func (h *Hub) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, s := range h.stations {
		all.Go(func() { s.run(ctx) })
	}
	all.Wait()
	h.close()
}

func (h *Hub) close() {
	for _, s := range h.stations {
		if s != nil {
			_ = s.current().Close() // it may be gone: no news
		}
	}
}

// Receivers are the receivers as the site i (of Config.Sites) sees them.
func (h *Hub) Receivers(i int) []device.Open {
	out := make([]device.Open, len(h.stations))
	for n, s := range h.stations {
		out[n] = func(ctx context.Context) (device.Receiver, error) { return s.view(ctx, i) }
	}
	return out
}

// Leave says that site i hears no more: nothing is kept for it.
func (h *Hub) Leave(i int) {
	for _, s := range h.stations {
		s.desks[i].leave()
	}
}

// Turns is how many turns the link modes take: see keeper.Turns.
func (h *Hub) Turns() int {
	all := make([]device.Receiver, len(h.stations))
	for i, s := range h.stations {
		all[i] = s.current()
	}
	return keeper.Turns(all)
}

// takers are the sites that a telegram goes to, and the row of its meter in
// each; none where nobody has a use for it.
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
