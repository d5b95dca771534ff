package evidencetest

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"earshot/collector"
	"earshot/collector/evidence"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wmbus"
)

// Start is when the first telegram of a campaign is on the air.
func Start() time.Time {
	return time.Date(2026, time.November, 27, 10, 0, 0, 0, time.FixedZone("", 3600))
}

// Unchecked is the receiver of which nobody knows whether it verifies checksums.
const Unchecked = "unchecked"

// Meter is a row of the list, and what its meter sends.
type Meter struct {
	Maker   string // "" is IST
	Version byte
	Type    wmbus.DeviceType // 0 is heat
	Place   site.Place
	Medium  string // in the list
	Note    string // in the list

	Key   int // number of the key in the list; 0: the list has none
	Own   int // number of the key that the meter has; 0 is Key
	Mode  wmbus.SecurityMode
	Link  device.LinkMode // "" is T1
	CI    byte            // 0 is 7A
	Raw   []byte          // sent in place of any telegram
	RSSI  device.RSSI     // none is -60 dBm
	From  string          // the receiver that hears it; "" is "dongle"
	Count int             // telegrams; 0 is 4, negative: it is silent
	Every time.Duration   // 0 is a minute
	Lost  int             // telegrams between two of them that nobody heard
	// Says makes the records of telegram n. A nil slice in it is a telegram of energy.
	Says func(n int, at time.Time) []byte
}

// Campaign is what a campaign came to.
type Campaign struct {
	List  site.Site
	Snap  state.Snapshot
	Found []evidence.Meter
	Rows  []state.ListRow // the list as the log has it
}

// Key is a key by its number, from 1 on.
func Key(t testing.TB, n int) site.Key {
	t.Helper()
	if n == 0 {
		return site.Key{}
	}
	raw := make([]byte, 16)
	for i := range raw {
		raw[i] = byte(i*29 + n*7 + 3 + n>>8*i)
	}
	key, err := site.NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// List is the list of meters: rows from line 2 on, numbers from 10000001 on.
func List(t testing.TB, meters []Meter) site.Site {
	t.Helper()
	list := site.Site{Name: "test"}
	for i := range meters {
		m := &meters[i]
		if m.Maker == "" {
			m.Maker = "IST"
		}
		if m.Type == 0 {
			m.Type = wmbus.TypeHeat
		}
		maker, err := wmbus.ParseManufacturer(m.Maker)
		if err != nil {
			t.Fatal(err)
		}
		id, err := wmbus.ParseID(fmt.Sprint(10000001 + i))
		if err != nil {
			t.Fatal(err)
		}
		list.Meters = append(list.Meters, site.Meter{Row: i + 2, ID: id, Manufacturer: maker, Key: Key(t, m.Key), Place: m.Place, Medium: m.Medium, Note: m.Note})
	}
	return list
}

// Frames are what all meters send, by time.
func Frames(t testing.TB, list site.Site, meters []Meter) []device.Frame {
	t.Helper()
	var frames []device.Frame
	for i := range meters {
		m := &meters[i]
		count, every := m.Count, m.Every
		if count == 0 {
			count = 4
		}
		if every == 0 {
			every = time.Minute
		}
		for n := range max(count, 0) {
			at := Start().Add(time.Duration(i%40)*7*time.Millisecond + time.Duration(n)*every)
			f := device.Frame{Time: at, AirTime: at, Receiver: m.From, Mode: m.Link, RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -60}, Bytes: m.telegram(t, list.Meters[i], n, at)}
			if f.Receiver == "" {
				f.Receiver = "dongle"
			}
			if m.RSSI.Scale != device.ScaleNone {
				f.RSSI = m.RSSI
			}
			if f.Mode == "" {
				f.Mode = "T1"
			}
			frames = append(frames, f)
		}
	}
	slices.SortStableFunc(frames, func(a, b device.Frame) int { return a.AirTime.Compare(b.AirTime) })
	return frames
}

// telegram is telegram n of a meter.
func (m *Meter) telegram(t testing.TB, listed site.Meter, n int, at time.Time) []byte {
	t.Helper()
	if m.Raw != nil {
		return m.Raw
	}
	records := Energy(1000 + int64(n))
	if m.Says != nil {
		records = m.Says(n, at)
	}
	address := wmbus.Address{Manufacturer: listed.Manufacturer, ID: listed.ID, Version: m.Version, Type: m.Type}
	msg := wmbus.Message{Link: address, CI: 0x7A, Access: byte(n*(1+m.Lost) + 1), Mode: m.Mode, Counter: uint32(n + 1), Payload: records}
	if m.CI != 0 {
		msg.CI = m.CI
	}
	if m.Mode == wmbus.ModeELL {
		msg.Mode, msg.CI = wmbus.ModeNone, 0x78
		msg.ELL = wmbus.ELL{CI: 0x8D, CC: 0x20, Access: msg.Access, Session: wmbus.SessionAESCTR | uint32(n+1)<<4}
	}
	key := m.Own
	if key == 0 {
		key = m.Key
	}
	frame, err := msg.Append(nil, Key(t, key).Prepared())
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// Energy is the record of a register in kWh.
func Energy(kWh int64) []byte { return (&wmbus.Head{VIF: []byte{0x06}}).Int(nil, 4, kWh) }

// Stored appends a stored value of a VIF with its day, "2006-01-02"; without the day if
// that is "".
func Stored(dst []byte, vif byte, storage uint64, value int64, day string) []byte {
	dst = (&wmbus.Head{VIF: []byte{vif}, Storage: storage}).Int(dst, 4, value)
	if at, err := time.Parse(time.DateOnly, day); err == nil {
		dst = (&wmbus.Head{VIF: []byte{0x6C}, Storage: storage}).Date(dst, moment(at))
	}
	return dst
}

// Clock appends the meter's time.
func Clock(dst []byte, at time.Time) []byte {
	return (&wmbus.Head{VIF: []byte{0x6D}}).DateTime(dst, moment(at))
}

func moment(t time.Time) wmbus.Moment {
	return wmbus.Moment{Year: t.Year(), Month: int(t.Month()), Day: t.Day(), Hour: t.Hour(), Minute: t.Minute()}
}

// Run runs a campaign in which the meters are heard, and replays it.
func Run(t testing.TB, meters []Meter) Campaign {
	t.Helper()
	list := List(t, meters)
	path := filepath.Join(t.TempDir(), "store.db")
	by := map[string][]device.Frame{"dongle": nil}
	for _, f := range Frames(t, list, meters) {
		by[f.Receiver] = append(by[f.Receiver], f)
	}
	cfg := collector.Config{Load: func(context.Context) (site.Site, error) { return list, nil }, StorePath: path, Timeout: 12 * time.Hour, Speed: 1e6}
	for name, frames := range by {
		cfg.Receivers = append(cfg.Receivers, func(context.Context) (device.Receiver, error) { return &air{name, frames}, nil })
	}
	err := collector.Run(t.Context(), cfg, func(ctx context.Context, c *collector.Campaign) error {
		_ = c.Collect(ctx, collector.UntilDeadline) // what failed is in the state
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return Replay(t, list, path)
}

// Replay replays the first campaign of a store.
func Replay(t testing.TB, list site.Site, path string) Campaign {
	t.Helper()
	db, err := store.OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log := evidence.New(Keyed(list))
	v, err := collector.Verify(list, db.CampaignLog(t.Context(), 1), log.See)
	if err != nil || len(v.Differing) > 0 {
		t.Fatalf("the log gives other verdicts in %v, %v", v.Differing, err)
	}
	return Campaign{List: list, Snap: v.State.Snapshot(), Found: log.Meters(), Rows: v.List}
}

// Keyed says which rows of a list have a key.
func Keyed(list site.Site) []bool {
	keyed := make([]bool, len(list.Meters))
	for i := range list.Meters {
		keyed[i] = !list.Meters[i].Key.IsZero()
	}
	return keyed
}

// air plays frames.
type air struct {
	name   string
	frames []device.Frame
}

func (a *air) Info() device.Info {
	return device.Info{Name: a.name, Driver: "test", Pace: device.PaceRecorded, Unchecked: a.name == Unchecked}
}
func (a *air) Close() error { return nil }
func (a *air) Receive(ctx context.Context, sink device.Sink) error {
	player, _ := sink.(device.Player)
	for _, f := range a.frames {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if player != nil {
			player.Played(f.AirTime.Sub(Start()))
		}
		sink.Frame(f)
	}
	if player != nil {
		player.Played(24 * time.Hour)
	}
	return device.ErrEnd
}
