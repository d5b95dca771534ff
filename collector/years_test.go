package collector

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"earshot/device"
)

// TestYears sets the clock of the machine, and that of a receiver, to years that
// JSON or the store cannot hold.
func TestYears(t *testing.T) {
	t.Parallel()
	for name, year := range map[string]int{"beyond JSON": 12026, "beyond the store": 2300, "before Christ": -50} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := encryptedSite(t, 2)
			frames := make(chan []byte)
			cfg := testConfig(t, s, fed(frames))
			now := time.Date(year, time.March, 2, 12, 0, 0, 0, time.UTC)
			cfg.Now = func() time.Time { return now }
			cfg.Receivers[0] = func(context.Context) (device.Receiver, error) {
				return &stamped{air: &air{name: "air", play: fed(frames)}, now: cfg.Now}, nil
			}
			for range 2 {
				if err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
					c.Note("", "a note")
					reading, cancel := context.WithCancel(ctx)
					var rounds sync.WaitGroup
					rounds.Go(func() { _ = c.Round(reading) })
					defer rounds.Wait()
					defer cancel()
					frames <- waterTelegram(t, s.Meters[0], s.Meters[1].Key, 5)
					frames <- waterTelegram(t, s.Meters[0], s.Meters[0].Key, 5)
					for _, ev := range c.View().Snapshot().Events {
						if _, err := json.Marshal(ev); err != nil {
							t.Errorf("%s: %v", ev.Name(), err)
						}
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
			replayed(t, cfg.StorePath, s)
		})
	}
}
