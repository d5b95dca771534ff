package store

import (
	"database/sql"
	"fmt"
	"math"
	"time"

	"earshot/device"
)

// The kinds of log rows, as stored in the file.
const (
	kindTelegram = 1 + iota
	kindAction
	kindMark
	kindDelivery
)

// logRow is a row of the table log.
type logRow struct {
	kind  int
	time  time.Time
	air   time.Time
	meter string
	label string
	mode  string
	scale device.RSSIScale
	value int64
	data  any // []byte, string or nil
	round int
	fate  Fate
	// … of time and of air, in seconds east of UTC
	zone, airzone int
}

func (t *Telegram) row() logRow {
	return logRow{kind: kindTelegram, time: t.Time, air: t.AirTime, meter: t.Meter, label: t.Receiver,
		mode: string(t.Mode), scale: t.RSSI.Scale, value: int64(t.RSSI.Value), data: blob(t.Bytes),
		round: t.Round, fate: t.Fate, zone: t.Zone, airzone: t.AirZone}
}

func (a *Action) row() logRow {
	return logRow{kind: kindAction, time: a.Time, meter: a.Meter, label: a.Kind, data: a.Text}
}

func (m *Mark) row() logRow {
	return logRow{kind: kindMark, time: m.Time, label: m.Kind, data: blob(m.Data)}
}

func (d *Delivery) row() logRow {
	return logRow{kind: kindDelivery, time: d.Time, meter: d.Meter, label: d.Broker, value: d.Message, round: d.Round}
}

// maxZone is the largest offset from UTC, in seconds, that a time can be written
// with.
const maxZone = 24*60*60 - 1

// check returns what makes no sense in a row.
func (r *logRow) check() error {
	switch {
	case r.kind < kindTelegram || r.kind > kindDelivery:
		return fmt.Errorf("it is of the unknown kind %d", r.kind)
	case r.round < -1 || r.round > math.MaxInt32:
		return fmt.Errorf("its round is %d", r.round)
	case r.kind != kindTelegram:
		return nil
	case max(r.zone, r.airzone) > maxZone || min(r.zone, r.airzone) < -maxZone:
		return fmt.Errorf("its time zones are %d and %d seconds", r.zone, r.airzone)
	case r.fate >= fateEnd:
		return fmt.Errorf("its fate is %d", r.fate)
	case r.scale > device.ScaleRelative || r.value != int64(int16(r.value)):
		return fmt.Errorf("its signal is %d on scale %d", r.value, r.scale)
	}
	return nil
}

// CheckEntry returns what makes no sense in an entry that came from elsewhere than a
// store: one that a store cannot hold.
func CheckEntry(e Entry) error {
	r := e.row()
	for _, at := range []time.Time{r.time, r.air} {
		if !at.IsZero() && (at.Before(earliest) || at.After(latest)) {
			return fmt.Errorf("its time is in the year %d", at.Year())
		}
	}
	return r.check()
}

// entry is the log entry of a row.
func (r *logRow) entry(seq int64, data []byte) (Entry, error) {
	if err := r.check(); err != nil {
		return nil, &EntryError{Seq: seq, Err: err}
	}
	switch r.kind {
	case kindTelegram:
		return &Telegram{Seq: seq, Time: r.time, AirTime: r.air, Receiver: r.label, Mode: device.LinkMode(r.mode),
			RSSI: device.RSSI{Scale: r.scale, Value: int16(r.value)}, Meter: r.meter, Bytes: data,
			Round: r.round, Fate: r.fate, Zone: r.zone, AirZone: r.airzone}, nil
	case kindAction:
		return &Action{Seq: seq, Time: r.time, Meter: r.meter, Kind: r.label, Text: string(data)}, nil
	case kindMark:
		return &Mark{Seq: seq, Time: r.time, Kind: r.label, Data: data}, nil
	}
	return &Delivery{Seq: seq, Time: r.time, Message: r.value, Meter: r.meter, Broker: r.label, Round: r.round}, nil
}

// blob makes an empty value NULL, so that nil and empty come back the same.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// The times that Unix nanoseconds can hold.
var (
	earliest = time.Unix(0, math.MinInt64)
	latest   = time.Unix(0, math.MaxInt64)
)

// nanos is a time as stored in the file: NULL for the zero time, and the
// nearest possible time for one outside the years 1678 to 2262.
func nanos(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case t.Before(earliest):
		return int64(math.MinInt64)
	case t.After(latest):
		return int64(math.MaxInt64)
	}
	return t.UnixNano()
}

// stored is a time as it is read from the file.
func stored(t time.Time) time.Time {
	n, ok := nanos(t).(int64)
	return instant(sql.NullInt64{Int64: n, Valid: ok})
}

// instant reads what nanos wrote.
func instant(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.Unix(0, n.Int64).UTC()
}
