package collector

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/collector/upload"
	"earshot/collector/upload/format"
)

// Destination is a broker that readings are delivered to, and their format.
type Destination struct {
	upload.Config
	Format format.Options
}

// name is the broker's name in the outbox and in events.
func (d Destination) name() string {
	if d.Config.Broker == nil {
		return ""
	}
	return d.Config.Broker.String()
}

// checkBrokers returns an error for bad settings before anything is started.
func (c *Campaign) checkBrokers() error {
	known := map[string]bool{}
	for _, d := range c.cfg.Brokers {
		cfg := d.Format.Apply(d.Config, format.Gateway{Site: c.site.Name})
		if err := cfg.Check(); err != nil {
			return err
		}
		if known[d.name()] {
			return fmt.Errorf("the broker %s is named twice: leave one of them out", d.name())
		}
		known[d.name()] = true
	}
	return nil
}

// openUploads makes the uploaders, one for each broker. The number of the
// campaign must be known.
func (c *Campaign) openUploads(ctx context.Context) error {
	if !c.Delivering() {
		return nil
	}
	identity, err := c.db.Identity(ctx)
	if err != nil {
		return err
	}
	gateway := format.Gateway{
		Site: c.site.Name, Version: c.cfg.Version, Store: identity,
		Campaign: strconv.FormatInt(c.campaign, 10), Receivers: c.board.listening,
	}
	for _, d := range c.cfg.Brokers {
		cfg := d.Format.Apply(d.Config, gateway)
		cfg.Properties = append(slices.Clip(cfg.Properties), upload.Property{Key: "schema", Value: strconv.Itoa(reading.Schema)})
		u, err := c.cfg.newUploader(cfg, c.db.Outbox(d.name()), observer{c, d.name()})
		if err != nil {
			return err
		}
		c.uploads = append(c.uploads, u)
		if f, counts := u.(flier); counts {
			c.board.watchFlights(d.name(), f)
		}
	}
	return nil
}

// flier knows how many messages are in flight to a broker.
type flier interface{ InFlight() int }

// watchFlights has snapshots say how many messages are in flight to a broker.
func (b *Board) watchFlights(broker string, f flier) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fliers = append(b.fliers[:len(b.fliers):len(b.fliers)], namedFlier{broker, f})
}

// namedFlier is that of a broker.
type namedFlier struct {
	broker string
	flier
}

// countFlights completes a snapshot. The board is not locked: an uploader may be waiting for it.
func countFlights(snap *state.Snapshot, fliers []namedFlier) {
	for i := range snap.Brokers {
		for _, f := range fliers {
			if f.broker == snap.Brokers[i].Address {
				snap.Brokers[i].InFlight = f.InFlight()
			}
		}
	}
}

// useBrokers sets the store's brokers, and counts what is waiting for each.
func (c *Campaign) useBrokers(ctx context.Context, session *state.Session) error {
	if !c.Delivering() {
		return nil
	}
	var names []string
	for _, d := range c.cfg.Brokers {
		names = append(names, d.name())
	}
	if err := c.db.UseBrokers(ctx, names...); err != nil {
		return err
	}
	for _, name := range names {
		n, err := c.db.PendingFor(ctx, name)
		if err != nil {
			return err
		}
		session.Brokers = append(session.Brokers, state.SessionBroker{Name: name, Queued: n})
		session.Queued = max(session.Queued, n)
	}
	return nil
}

// listening returns the names of the receivers that listen.
func (b *Board) listening() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Listening()
}

// observer posts the events of a broker's uploader.
type observer struct {
	c      *Campaign
	broker string
}

func (o observer) Connected(string) {
	o.c.board.Post(state.BrokerUp{At: state.At{Time: o.c.now()}, Broker: o.broker})
}

func (o observer) Held(err error) {
	o.c.faultOf(state.KindUpload, o.broker, err)
	o.c.board.Post(state.BrokerHeld{At: state.At{Time: o.c.now()}, Broker: o.broker, Reason: err.Error()})
}

func (o observer) Disconnected(err error) {
	o.c.faultOf(state.KindUpload, o.broker, err)
	o.c.board.Post(state.BrokerDown{At: state.At{Time: o.c.now()}, Broker: o.broker, Reason: err.Error()})
}

func (o observer) Delivered(at time.Time, messages []upload.Message) {
	n := len(messages)
	ev := state.Delivered{At: state.At{Time: at}, Broker: o.broker, Refs: make([]string, n), Times: make([]time.Time, n), Rounds: make([]int, n), Messages: make([]int64, n)}
	for i, m := range messages {
		ev.Refs[i], ev.Times[i], ev.Rounds[i], ev.Messages[i] = m.Meter, m.Time, o.c.roundOf(m), m.Seq
	}
	o.c.board.Post(ev)
}

func (o observer) Refused(m upload.Message, err error) {
	o.c.faultOf(state.KindUpload, o.broker, err)
	o.c.board.Post(state.Refused{At: state.At{Time: o.c.now()}, Ref: m.Meter, Reason: state.Reason{Code: state.ReasonRefused, Text: err.Error()}, Reading: m.Time, Round: o.c.roundOf(m), Broker: o.broker})
}

// roundOf is the round that a message belongs to, -1 if it is from an earlier
// campaign.
func (c *Campaign) roundOf(m upload.Message) int {
	if m.Campaign != c.campaign {
		return -1
	}
	return m.Round
}
