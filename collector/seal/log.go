package seal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"earshot/collector"
	"earshot/collector/store"
	"earshot/device"
)

// The log is one JSON object a line. Each holds the SHA-256 of the line before it,
// without its line feed: no entry can be changed, removed, doubled or moved without
// changing all that follow. See docs/seal.md#log.
type (
	line struct {
		Seq  int64           `json:"seq"`
		Time *time.Time      `json:"time,omitempty"`
		Kind string          `json:"kind"`
		Data json.RawMessage `json:"data"`
		Prev string          `json:"prev"`
	}
	telegramData struct {
		Receiver string             `json:"receiver,omitempty"`
		Mode     string             `json:"mode,omitempty"`
		Signal   *int16             `json:"signal,omitempty"`
		Scale    string             `json:"scale,omitempty"`
		Meter    string             `json:"meter,omitempty"`
		Round    int                `json:"round,omitempty"`
		Fate     string             `json:"fate"`
		ZoneS    int                `json:"zone_s,omitempty"`
		AirTime  *time.Time         `json:"air_time,omitempty"`
		AirZoneS int                `json:"air_zone_s,omitempty"`
		Bytes    string             `json:"bytes"`
		Found    *collector.Finding `json:"found,omitempty"`
	}
	actionData struct {
		Meter string `json:"meter,omitempty"`
		Kind  string `json:"action"`
		Text  string `json:"text,omitempty"`
	}
	markData struct {
		Kind string          `json:"mark"`
		Data json.RawMessage `json:"data,omitempty"`
	}
	deliveryData struct {
		Broker  string `json:"broker,omitempty"`
		Message int64  `json:"message"`
		Meter   string `json:"meter,omitempty"`
		Round   int    `json:"round,omitempty"`
	}
)

// The kinds of entries.
const (
	kindTelegram = "telegram"
	kindAction   = "action"
	kindMark     = "mark"
	kindDelivery = "delivery"
)

// fates are the words of store.Fate.
var fates = [...]string{
	store.FateExamined: "examined", store.FateEvicted: "evicted", store.FateHeadless: "headless", store.FateTwin: "twin",
	store.FateAgain: "again", store.FateTaken: "taken", store.FateKept: "kept",
}

// scales are the words of device.RSSIScale.
var scales = [...]string{device.ScaleNone: "", device.ScaleDBm: "dBm", device.ScaleRelative: "relative"}

// zeros is the hash before the first entry.
const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// maxLine is the longest line of a log: one that names the rows of a large list.
const maxLine = 32 << 20

// chain writes a log.
type chain struct {
	Chain
	last time.Time // the latest time of an entry
	seq  int64
}

func newChain() *chain { return &chain{Chain: Chain{Head: zeros}} }

// write writes an entry as the next one.
func (c *chain) write(w io.Writer, t collector.Traced) error {
	l := line{Seq: t.Entry.Position(), Prev: c.Head}
	if l.Seq <= c.seq {
		return fmt.Errorf("entry %d comes after entry %d", l.Seq, c.seq)
	}
	at, data := content(t)
	l.Time = instant(at)
	switch t.Entry.(type) {
	case *store.Telegram:
		l.Kind = kindTelegram
		c.Telegrams++
	case *store.Action:
		l.Kind = kindAction
		c.Actions++
	case *store.Mark:
		l.Kind = kindMark
	case *store.Delivery:
		l.Kind = kindDelivery
	}
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("entry %d: %w", l.Seq, err)
	}
	l.Data = text
	if text, err = json.Marshal(l); err != nil {
		return fmt.Errorf("entry %d: %w", l.Seq, err)
	}
	if len(text) > maxLine {
		return fmt.Errorf("entry %d: %w", l.Seq, errTooLarge)
	}
	sum := sha256.Sum256(text)
	c.Entries, c.Head, c.seq = c.Entries+1, hex.EncodeToString(sum[:]), l.Seq
	if at.After(c.last) {
		c.last = at
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// content is the time of an entry and its data.
func content(t collector.Traced) (time.Time, any) {
	switch e := t.Entry.(type) {
	case *store.Telegram:
		d := telegramData{Receiver: e.Receiver, Mode: string(e.Mode), Meter: e.Meter, Round: e.Round, Fate: fates[e.Fate], ZoneS: e.Zone,
			AirTime: instant(e.AirTime), AirZoneS: e.AirZone, Bytes: hex.EncodeToString(e.Bytes), Found: t.Found}
		if e.RSSI.Scale != device.ScaleNone {
			d.Signal, d.Scale = &e.RSSI.Value, scales[e.RSSI.Scale]
		}
		return e.Time, d
	case *store.Action:
		return e.Time, actionData{Meter: e.Meter, Kind: e.Kind, Text: e.Text}
	case *store.Mark:
		return e.Time, markData{Kind: e.Kind, Data: e.Data}
	case *store.Delivery:
		return e.Time, deliveryData{Broker: e.Broker, Message: e.Message, Meter: e.Meter, Round: e.Round}
	}
	return time.Time{}, nil
}

// instant is nil for no time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// entries reads a log. note takes what is wrong with it; after an entry that cannot be
// read the log continues with the next one. sum is what the log is as a whole.
func entries(in io.Reader, note func(Problem), sum *chain) iter.Seq[collector.Traced] {
	return func(yield func(collector.Traced) bool) {
		r := bufio.NewReaderSize(in, 1<<16)
		number := 0
		for {
			text, err := readLine(r)
			if err != nil {
				if !errors.Is(err, io.EOF) {
					note(Problem{Code: FileUnread, File: logName, Line: number + 1, Got: err.Error()})
				}
				return
			}
			number++
			t, err := sum.read(text, number, note)
			if err != nil {
				note(Problem{Code: EntryUnread, File: logName, Line: number, Entry: sum.seq, Got: err.Error()})
				continue
			}
			if !yield(t) {
				return
			}
		}
	}
}

// errLine is the rest of a log that was cut off.
var errLine = errors.New("the line does not end")

// readLine reads a line without its line feed, which must be there.
func readLine(r *bufio.Reader) ([]byte, error) {
	var whole []byte
	for {
		part, err := r.ReadSlice('\n')
		whole = append(whole, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(whole) <= maxLine:
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("a line is longer than %d bytes", maxLine)
		case errors.Is(err, io.EOF) && len(whole) > 0:
			return nil, errLine
		case err != nil:
			return nil, err
		default:
			return bytes.TrimSuffix(whole, []byte("\n")), nil
		}
	}
}

// read reads an entry, and checks that it follows the one before.
func (c *chain) read(text []byte, number int, note func(Problem)) (collector.Traced, error) {
	hash := sha256.Sum256(text)
	before, seq := c.Head, c.seq
	c.Entries, c.Head = c.Entries+1, hex.EncodeToString(hash[:])
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return collector.Traced{}, err
	}
	if l.Prev != before {
		note(Problem{Code: ChainBroken, File: logName, Line: number, Entry: l.Seq, Want: before, Got: l.Prev})
	}
	if l.Seq <= seq {
		note(Problem{Code: ChainOrder, File: logName, Line: number, Entry: l.Seq, Want: fmt.Sprint(seq)})
		return collector.Traced{}, fmt.Errorf("its number is not larger than that of the entry before")
	}
	c.seq = l.Seq
	t, err := l.traced()
	if err == nil {
		err = store.CheckEntry(t.Entry)
	}
	if err != nil {
		return t, err
	}
	switch l.Kind {
	case kindTelegram:
		c.Telegrams++
	case kindAction:
		c.Actions++
	}
	if when := at(l.Time); when.After(c.last) {
		c.last = when
	}
	return t, nil
}

// traced is the entry of a line.
func (l *line) traced() (t collector.Traced, err error) {
	switch l.Kind {
	case kindTelegram:
		var d telegramData
		if err := json.Unmarshal(l.Data, &d); err != nil {
			return t, err
		}
		e := &store.Telegram{Seq: l.Seq, Time: at(l.Time), AirTime: at(d.AirTime), Receiver: d.Receiver, Mode: device.LinkMode(d.Mode),
			Meter: d.Meter, Round: d.Round, Zone: d.ZoneS, AirZone: d.AirZoneS}
		if e.Bytes, err = hex.DecodeString(d.Bytes); err != nil {
			return t, err
		}
		fate, scale := slices.Index(fates[:], d.Fate), slices.Index(scales[:], d.Scale)
		if fate < 0 || scale < 0 {
			return t, fmt.Errorf("fate %.20q and scale %.20q are not both known", d.Fate, d.Scale)
		}
		e.Fate, e.RSSI.Scale = store.Fate(fate), device.RSSIScale(scale)
		if d.Signal != nil {
			e.RSSI.Value = *d.Signal
		}
		return collector.Traced{Entry: e, Found: d.Found}, nil
	case kindAction:
		var d actionData
		err = json.Unmarshal(l.Data, &d)
		return collector.Traced{Entry: &store.Action{Seq: l.Seq, Time: at(l.Time), Meter: d.Meter, Kind: d.Kind, Text: d.Text}}, err
	case kindMark:
		var d markData
		err = json.Unmarshal(l.Data, &d)
		return collector.Traced{Entry: &store.Mark{Seq: l.Seq, Time: at(l.Time), Kind: d.Kind, Data: d.Data}}, err
	case kindDelivery:
		var d deliveryData
		err = json.Unmarshal(l.Data, &d)
		return collector.Traced{Entry: &store.Delivery{Seq: l.Seq, Time: at(l.Time), Broker: d.Broker, Message: d.Message, Meter: d.Meter, Round: d.Round}}, err
	}
	return t, fmt.Errorf("%.20q is not a kind of entry", l.Kind)
}
