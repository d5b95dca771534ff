package collector

import (
	"slices"
	"sync"
	"sync/atomic"

	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/mqttconn"
	"earshot/device/wmbus"
)

// examiner makes of one frame what it means: events, and what is to be kept.
// It reads no clock; its methods may be called from several goroutines.
type examiner struct {
	site      site.Site
	refs      []string        // by row
	keys      []*wmbus.Key    // by row, nil if the list has none
	ids       []atomic.Uint32 // by row, for topics: what is listed, or what it was corrected to
	deliver   bool            // readings go to a broker
	decoder   wmbus.Decoder
	telegrams sync.Pool // *wmbus.Telegram

	mu    sync.Mutex
	fits  map[int]*trial                 // rows with a wrong key
	known map[wmbus.Address]*resemblance // unlisted meters that were compared with the list
}

func newExaminer(s site.Site, deliver bool) *examiner {
	x := &examiner{
		site: s, deliver: deliver, refs: make([]string, len(s.Meters)), keys: make([]*wmbus.Key, len(s.Meters)), ids: make([]atomic.Uint32, len(s.Meters)),
		decoder:   wmbus.Decoder{Templates: new(wmbus.Templates)},
		telegrams: sync.Pool{New: func() any { return new(wmbus.Telegram) }},
		fits:      map[int]*trial{}, known: map[wmbus.Address]*resemblance{},
	}
	for i, m := range s.Meters {
		x.refs[i] = m.Ref()
		x.keys[i] = m.Key.Prepared()
		x.ids[i].Store(uint32(m.ID))
	}
	return x
}

// examine looks into a frame of an expected meter.
func (x *examiner) examine(q queued) finding {
	row, f := q.row, q.frame
	m := &x.site.Meters[row]
	ref, at := x.refs[row], state.At{Time: f.Time}
	t := x.telegrams.Get().(*wmbus.Telegram)
	defer x.telegrams.Put(t)
	_ = x.decoder.Decode(t, f.Bytes, x.keys[row]) // t.Err says it again
	out := q.finding()
	out.events = append(make([]state.Event, 0, 3), state.Heard{At: at, Ref: ref, Address: t.Header.Meter, Reception: state.ReceptionOf(f), Again: q.fate == store.FateAgain})
	if t.Security.Result == wmbus.Damaged || t.Cut() && (untold(t.Security.Result) || t.Security.Result.Readable() && !says(t)) {
		return out.undecodable(m, at, state.TelegramReason(t.Err), telegramError(t))
	}
	if kind, reason := securityFailure(t); kind != state.KindNone {
		fail := state.Failed{At: at, Ref: ref, Kind: kind, Reason: reason, Final: true}
		if kind == state.KindWrongKey {
			fail.Fits = x.fittingKey(row, f.Bytes)
		}
		out.events = append(out.events, fail)
		out.failure, out.final = &state.Failure{Kind: kind, Ref: ref, Row: m.Row, Err: telegramError(t), Reason: reason}, true
		return out
	}
	out.events = append(out.events, state.Decrypted{At: at, Ref: ref, Security: t.Security})
	if !says(t) {
		if t.Err == nil {
			return out.undecodable(m, at, state.Reason{Code: state.ReasonMakerData}, nil)
		}
		return out.undecodable(m, at, state.TelegramReason(t.Err), t.Err)
	}
	out.reading, out.final = reading.New(t, f), true
	out.events = append(out.events, state.Decoded{At: at, Ref: ref, Reading: out.reading})
	out.item.Reading = &store.Reading{Meter: ref, Time: f.Time, Telegram: f.Bytes}
	if !x.deliver {
		out.item.Reading.Payload = out.reading.Encode()
		return out
	}
	out.item.Message = &store.Message{Meter: ref, Topic: mqttconn.Topic(x.site.Name, wmbus.ID(x.ids[row].Load()).String()), Time: f.Time}
	out.item.Reading.Payload, out.item.Message.Payload = x.published(ref, t, f, out.reading).EncodeBoth()
	return out
}

// untold reports whether the result of a telegram that was received in part does
// not tell if the key is right.
func untold(r wmbus.SecurityResult) bool {
	return r == wmbus.WrongKey || r == wmbus.MACWrong || r == wmbus.CannotTell
}

// says reports whether a telegram says anything: a value that is valid and
// not the maker's own bytes.
func says(t *wmbus.Telegram) bool {
	return slices.ContainsFunc(t.Records, func(r wmbus.Record) bool {
		return r.Value.Valid() && r.Quantity != wmbus.Unknown && r.Quantity != wmbus.ManufacturerData
	})
}

// telegramError returns a telegram's error as an error that may be nil.
func telegramError(t *wmbus.Telegram) error {
	if t.Err == nil {
		return nil
	}
	return t.Err
}

// securityFailure says whether the content cannot be used for its security.
func securityFailure(t *wmbus.Telegram) (state.Kind, state.Reason) {
	switch t.Security.Result {
	case wmbus.NoKey:
		return state.KindNoKey, state.Reason{Code: state.ReasonNoKey}
	case wmbus.WrongKey:
		return state.KindWrongKey, state.Reason{Code: state.ReasonWrongKey}
	case wmbus.MACWrong:
		return state.KindWrongKey, state.Reason{Code: state.ReasonWrongMAC}
	case wmbus.Unsupported:
		return state.KindUndecodable, state.Reason{Code: state.ReasonMode, Mode: t.Security.Mode}
	}
	return state.KindNone, state.Reason{}
}

// logged is the line of the log for a frame; ref is "" for an unlisted meter.
func logged(f device.Frame, ref string) *store.Telegram {
	_, zone := f.Time.Zone()
	_, air := f.AirTime.Zone()
	return &store.Telegram{Time: f.Time, AirTime: f.AirTime, Zone: zone, AirZone: air,
		Receiver: f.Receiver, Mode: f.Mode, RSSI: f.RSSI, Meter: ref, Bytes: f.Bytes}
}

// frameOf is the frame that a line of the log was made of.
func frameOf(t *store.Telegram) device.Frame {
	f := device.Frame{Time: t.Time.In(zone(t.Zone)), AirTime: t.AirTime, Receiver: t.Receiver, Mode: t.Mode, RSSI: t.RSSI, Bytes: t.Bytes}
	if !f.AirTime.IsZero() {
		f.AirTime = f.AirTime.In(zone(t.AirZone))
	}
	return f
}

// published is what goes to the brokers for a reading.
func (x *examiner) published(ref string, t *wmbus.Telegram, f device.Frame, r *reading.Reading) *reading.Published {
	return &reading.Published{
		Site: x.site.Name, Meter: ref, Address: t.Header.Meter, Receiver: f.Receiver, RSSI: f.RSSI, Security: t.Security.Result, Reading: r,
	}
}
