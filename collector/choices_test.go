package collector

import (
	"context"
	"testing"
	"testing/synctest"

	"earshot/collector/state"
	"earshot/device/wmbus"
)

// TestChoicesAreKept: what the installer decides about unlisted meters outlasts the
// program; later campaigns know which are ignored.
func TestChoicesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := encryptedSite(t, 3)
		s := encryptedSite(t, 1)
		var strays []wmbus.Address
		for _, m := range all.Meters[1:] {
			strays = append(strays, wmbus.Address{Manufacturer: m.Manufacturer, ID: m.ID})
		}
		sending := func(ctx context.Context, send func([]byte)) error {
			for _, m := range all.Meters[1:] {
				send(waterTelegram(t, m, m.Key, 5))
			}
			return silent(ctx, send)
		}
		check := func(when string, snap state.Snapshot, claims int, ignored bool) {
			t.Helper()
			if len(snap.Claims) != claims || claims == 1 && (!state.SameMeter(snap.Claims[0].Address, strays[0]) || snap.Claims[0].Place != "A 2 tv") {
				t.Errorf("%s: claims %+v", when, snap.Claims)
			}
			for _, u := range snap.Unlisted {
				if u.Claimed != (claims == 1 && state.SameMeter(u.Address, strays[0])) || u.Ignored != (ignored && state.SameMeter(u.Address, strays[1])) {
					t.Errorf("%s: %+v", when, u)
				}
			}
			if len(snap.Unlisted) != 2 {
				t.Errorf("%s: %d unlisted meters", when, len(snap.Unlisted))
			}
		}
		cfg := testConfig(t, s, sending)
		check("as it is decided", runOnce(t, cfg, func(c *Campaign) {
			c.Claim(strays[0], "A 2 tv")
			c.Claim(strays[1], "a mistake")
			c.Disclaim(strays[1])
			c.Ignore(strays[0], true)
			c.Ignore(strays[0], false)
			c.Ignore(strays[1], true)
		}), 1, true)
		again := testConfig(t, s, sending)
		again.StorePath = cfg.StorePath
		check("resumed", runOnce(t, again, nil), 1, true)
		next := testConfig(t, s, sending)
		next.StorePath, next.New = cfg.StorePath, true
		check("in the next campaign", runOnce(t, next, nil), 0, true)
		check("resumed in the next campaign", runOnce(t, again, func(c *Campaign) { c.Ignore(strays[1], false) }), 0, false)
	})
}

type three struct{}

func (three) InFlight() int { return 3 }

// TestFlights: a snapshot says of each broker how many messages are in flight to it.
func TestFlights(t *testing.T) {
	b := NewBoard(state.NewState(encryptedSite(t, 1), true))
	view := b.View()
	b.Post(state.BrokerUp{Broker: "a"}, state.BrokerUp{Broker: "b"})
	b.watchFlights("b", three{})
	if all := view.Snapshot().Brokers; all[0].InFlight != 0 || all[1].InFlight != 3 {
		t.Errorf("%+v", all)
	}
}
