package handovertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"earshot/assets"
	"earshot/collector/imports"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/replay"
	"earshot/device/simulate"
	"earshot/device/wmbus"
)

// Stored is a campaign as a store has it.
type Stored struct {
	List site.Site // with its keys
	Info store.Campaign
	Log  []store.Entry
}

// Entries yields the log, as store.CampaignLog does.
func (s *Stored) Entries() iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		for _, e := range s.Log {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Demo is a finished campaign of the demo's building, in which the installer has noted,
// corrected and accepted something, read a display, and not got to a meter. It is the
// same each time.
func Demo() *Stored {
	s := Empty()
	frames := must(replay.Read(bytes.NewReader(assets.DemoRecording())))
	l := s.begin()
	l.round(frames)
	l.act("KAM-11225583", state.ActNote, "both doors have the same name")
	l.act("DME-88885213", state.ActCorrection, "DME-88885123")
	l.again(frames, "DME-88885213", "88885123")
	l.act("DME-47105407", state.ActAccept, "flat was empty for years, display shows the same")
	l.act("ZRI-52854467", state.ActUnreachable, "nobody_home")
	l.act("DME-52198629", state.ActNote, "supplier sends the key on Monday")
	l.act("KAM-71573775", state.ActDisplayed, "999 m³")
	l.act("", state.ActNote, "the caretaker has the key of the cellar until 15:00")
	l.mark(state.CampaignEnded{At: l.at(), Campaign: s.Info.ID})
	s.Log, s.Info.End = l.entries, l.time
	return s
}

// Running is the demo's campaign while its round runs.
func Running() *Stored {
	s := Empty()
	frames := must(replay.Read(bytes.NewReader(assets.DemoRecording())))
	l := s.begin()
	l.start()
	for _, f := range frames[:len(frames)/2] {
		l.hear(f)
	}
	s.Log = l.entries
	return s
}

// Town is a finished campaign of many meters, of which some have mishaps.
func Town(meters int) *Stored {
	b := simulate.New(7, simulate.Options{Meters: meters, Mishaps: true})
	var list bytes.Buffer
	if err := simulate.WriteList(&list, b.Rows()); err != nil {
		panic(err)
	}
	s := of(list.Bytes())
	l := s.begin()
	l.round(slices.Collect(b.Telegrams(0, waiting)))
	l.mark(state.CampaignEnded{At: l.at(), Campaign: s.Info.ID})
	s.Log, s.Info.End = l.entries, l.time
	return s
}

// Empty is a campaign of the demo's building in which nothing has happened yet.
func Empty() *Stored { return of(assets.DemoMeters()) }

// of is a campaign of a list in which nothing has happened yet.
func of(list []byte) *Stored {
	r := must(imports.Read(bytes.NewReader(list), "meters.csv", imports.Options{}))
	s := &Stored{List: site.Site{Name: assets.DemoSite}, Info: store.Campaign{ID: 3, Start: time.Date(2026, 3, 2, 9, 15, 0, 0, Zone()), Site: assets.DemoSite, List: "/home/somebody/meters.csv"}}
	for i := range r.Rows {
		s.List.Meters = append(s.List.Meters, r.Rows[i].Meter)
	}
	s.Info.Fingerprint = state.Fingerprint(s.List)
	l := s.begin()
	s.Log = l.entries
	return s
}

// Rename makes it the campaign of a site with another name.
func (s *Stored) Rename(name string) {
	s.List.Name, s.Info.Site = name, name
	s.Info.Fingerprint = state.Fingerprint(s.List)
	l := s.begin()
	copy(s.Log, l.entries)
}

// logger writes a log.
type logger struct {
	of      *Stored
	index   *site.Index
	time    time.Time
	entries []store.Entry
}

// begin starts the log.
func (s *Stored) begin() *logger {
	l := &logger{of: s, time: s.Info.Start}
	started := state.CampaignStarted{At: l.at(), Session: state.Session{Campaign: s.Info.ID, Fingerprint: s.Info.Fingerprint}}
	l.json(started.Name(), map[string]any{"event": started, "list": state.ListRows(s.List)})
	l.mark(state.ReceiverUp{At: l.at(), Info: device.Info{Name: "ttyUSB0", Driver: "im871a", Serial: "0012B4", Firmware: "1.28", Modes: []device.LinkMode{"C1", "T1"}}})
	return l
}

func (l *logger) at() state.At { return state.At{Time: l.time} }

func (l *logger) add(e store.Entry) { l.entries = append(l.entries, e) }

func (l *logger) seq() int64 { return int64(len(l.entries) + 1) }

func (l *logger) json(kind string, data any) {
	l.add(&store.Mark{Seq: l.seq(), Time: l.time, Kind: kind, Data: must(json.Marshal(data))})
}

func (l *logger) mark(ev state.Event) { l.json(ev.Name(), ev) }

func (l *logger) act(meter, kind, text string) {
	l.time = l.time.Add(time.Minute)
	l.add(&store.Action{Seq: l.seq(), Time: l.time, Meter: meter, Kind: kind, Text: text})
}

const waiting = time.Minute

func (l *logger) start() {
	reads := []map[string]any{}
	for i := range l.of.List.Meters {
		reads = append(reads, map[string]any{"meter": l.of.List.Meters[i].Ref(), "for_ns": waiting})
	}
	l.json(state.RoundStarted{}.Name(), map[string]any{"time": l.time, "round": 1, "deadline": l.time.Add(waiting), "reads": reads})
}

// round is a round in which frames are heard.
func (l *logger) round(frames []device.Frame) {
	l.start()
	heard := map[string]bool{}
	for _, f := range frames {
		heard[l.hear(f)] = true
	}
	l.time = l.of.Info.Start.Add(waiting)
	for i := range l.of.List.Meters {
		if ref := l.of.List.Meters[i].Ref(); !heard[ref] {
			l.mark(state.TimedOut{At: l.at(), Ref: ref, After: waiting})
		}
	}
	l.mark(state.RoundFinished{At: l.at(), Round: 1})
}

// hear logs a frame and returns whose it is, "" for an unlisted meter.
func (l *logger) hear(f device.Frame) (ref string) {
	header := must(wmbus.ParseHeader(f.Bytes))
	if l.index == nil {
		l.index = site.NewIndex(l.of.List.Meters)
	}
	if row, listed := l.index.Expects(header); listed {
		ref = l.of.List.Meters[row].Ref()
	}
	l.time = f.AirTime
	e := &store.Telegram{Seq: l.seq(), Time: l.time.UTC(), AirTime: l.time.UTC(), Receiver: "ttyUSB0", Mode: f.Mode, RSSI: f.RSSI, Meter: ref, Bytes: f.Bytes, Zone: 3600, AirZone: 3600}
	if ref != "" {
		e.Round = 1
	}
	l.add(e)
	return ref
}

// again logs that the last telegram of an unlisted meter is a row's.
func (l *logger) again(frames []device.Frame, ref, id string) {
	for _, f := range slices.Backward(frames) {
		if header := must(wmbus.ParseHeader(f.Bytes)); header.Meter.ID.String() == id {
			l.add(&store.Telegram{Seq: l.seq(), Time: l.time.UTC(), AirTime: f.AirTime.UTC(), Receiver: "ttyUSB0", Mode: f.Mode, RSSI: f.RSSI, Meter: ref, Bytes: f.Bytes,
				Fate: store.FateAgain, Zone: 3600, AirZone: 3600})
			return
		}
	}
}

// must is a value that cannot fail to be made of what is part of the program.
func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("handovertest: %v", err))
	}
	return v
}

// Save writes the campaign into a store, which is new or has other campaigns.
func (s *Stored) Save(ctx context.Context, path string) (err error) {
	lock, err := store.Acquire(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	db, err := lock.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	info := s.Info
	if err := db.Begin(ctx, &info); err != nil {
		return err
	}
	batch := store.Batch{}
	for _, e := range s.Log {
		batch.Items = append(batch.Items, store.Item{Entry: e})
	}
	if err := db.Commit(ctx, &batch); err != nil || info.End.IsZero() {
		return err
	}
	return db.End(ctx, info.ID, info.End)
}

// Record adds a table of verdicts that the rules of some version made.
func (s *Stored) Record(rules int, sha256 string) {
	l := &logger{of: s, time: s.Info.Start.Add(waiting), entries: s.Log}
	l.json("verdicts", map[string]any{"rules": rules, "sha256": sha256})
	s.Log = l.entries
}

// Type makes a row one that is read with a key that the installer typed.
func (s *Stored) Type(ref, fingerprint string) {
	l := &logger{of: s, time: s.Info.Start.Add(waiting), entries: s.Log}
	l.act(ref, state.ActKey, state.UseEntered+fingerprint)
	s.Log = l.entries
}
