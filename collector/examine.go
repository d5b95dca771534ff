package collector

import (
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

// examiner turns one frame into events and what is to be stored. It reads no
// clock; its methods may be called from several goroutines.
type examiner struct {
	site      site.Site
	refs      []string        // by row
	keys      []*wmbus.Key    // by row, nil if the list has none
	ids       []atomic.Uint32 // by row, for topics: the listed meter, or the one that it was corrected to
	deliver   bool            // readings go to a broker
	decoder   wmbus.Decoder
	telegrams sync.Pool // *wmbus.Telegram

	mu    sync.Mutex
	fits  map[int]*trial                 // rows with a wrong key
	known map[wmbus.Address]*resemblance // unlisted meters that were compared with the list
	tried map[wmbus.Address]int          // … and how often, by telegrams that are not stored
}

func newExaminer(s site.Site, deliver bool) *examiner {
	x := &examiner{
		site: s, deliver: deliver, refs: make([]string, len(s.Meters)), keys: make([]*wmbus.Key, len(s.Meters)), ids: make([]atomic.Uint32, len(s.Meters)),
		decoder:   wmbus.Decoder{Templates: new(wmbus.Templates)},
		telegrams: sync.Pool{New: func() any { return new(wmbus.Telegram) }},
		fits:      map[int]*trial{}, known: map[wmbus.Address]*resemblance{}, tried: map[wmbus.Address]int{},
	}
	for i, m := range s.Meters {
		x.refs[i] = m.Ref()
		x.keys[i] = m.Key.Prepared()
		x.ids[i].Store(uint32(m.ID))
	}
	return x
}

// examine examines a frame of an expected meter.
func (x *examiner) examine(q queued) finding {
	row, f := q.row, q.frame
	ref, at := x.refs[row], state.At{Time: f.Time}
	t := x.telegrams.Get().(*wmbus.Telegram)
	defer x.telegrams.Put(t)
	_ = x.decoder.Decode(t, f.Bytes, x.keys[row]) // t.Err is the same error
	out := q.finding()
	out.events = make([]state.Event, 0, 3)
	if q.fate != store.FateTaken {
		out.events = append(out.events, state.Heard{At: at, Ref: ref, Address: t.Header.Meter, Reception: state.ReceptionOf(f), Access: t.Access, HasAccess: t.HasAccess, Again: q.fate == store.FateAgain, Repeated: t.Repeated()})
	}
	if fail := x.failure(t, row, f.Bytes); fail.Kind != state.KindNone {
		fail.At, fail.Ref = at, ref
		out.events = append(out.events, fail)
		return out
	}
	public := publicly(t, x.keys[row])
	out.events = append(out.events, state.Decrypted{At: at, Ref: ref, Security: t.Security, Public: public})
	if fail := empty(t); fail.Kind != state.KindNone {
		fail.At, fail.Ref = at, ref
		out.events = append(out.events, fail)
		return out
	}
	out.reading = reading.New(t, f)
	switch {
	case x.keys[row] == nil:
	case public:
		out.reading.Doubt = reading.DoubtPublic
	case t.Security.Result == wmbus.NotEncrypted:
		out.reading.Doubt = reading.DoubtPlain
	}
	out.events = append(out.events, state.Decoded{At: at, Ref: ref, Reading: out.reading, Taken: q.fate == store.FateTaken})
	out.item.Reading = &store.Reading{Meter: ref, Time: f.Time, Telegram: f.Bytes}
	if !x.deliver {
		out.item.Reading.Payload = out.reading.Encode()
		return out
	}
	out.item.Message = &store.Message{Meter: ref, Topic: mqttconn.Topic(x.site.Name, wmbus.ID(x.ids[row].Load()).String()), Time: f.Time}
	out.item.Reading.Payload, out.item.Message.Payload = x.published(ref, t, f, out.reading).EncodeBoth()
	return out
}

// publicly reports whether a key opened a telegram that anybody may have, though
// the list has another one.
func publicly(t *wmbus.Telegram, key *wmbus.Key) bool {
	return t.Notes&wmbus.NoteOtherKey != 0 || key != nil && key.IsAES() && t.Security.Mode == wmbus.ModePRIOS && t.Security.Result == wmbus.SecurityOK
}

// failure says why the content of a telegram cannot be used: damage, or its
// security. The zero Failed: it can.
func (x *examiner) failure(t *wmbus.Telegram, row int, frame []byte) state.Failed {
	switch result := t.Security.Result; {
	case result == wmbus.Damaged || t.Cut() && (inconclusive(result) || result.Readable() && !says(t)):
		return state.Failed{Kind: state.KindDamaged, Reason: state.TelegramReason(t.Err)}
	case result == wmbus.NoKey:
		return state.Failed{Kind: state.KindNoKey, Reason: state.Reason{Code: state.ReasonNoKey}, Final: true}
	case result == wmbus.Unsupported:
		return state.Failed{Kind: state.KindUndecodable, Reason: state.Reason{Code: state.ReasonMode, Mode: t.Security.Mode}}
	case result == wmbus.WrongKey, result == wmbus.MACWrong:
		fail := state.Failed{Kind: state.KindWrongKey, Reason: state.Reason{Code: state.ReasonWrongKey}, Fits: x.fittingKey(row, frame)}
		if result == wmbus.MACWrong {
			fail.Reason.Code = state.ReasonWrongMAC
		}
		fail.Final = fail.Fits != "" // what another key opens is not damaged
		return fail
	}
	return state.Failed{}
}

// empty says why a telegram that was opened holds nothing that a meter measured.
// The zero Failed: it does.
func empty(t *wmbus.Telegram) state.Failed {
	switch {
	case says(t):
		return state.Failed{}
	case t.Substance() == wmbus.Unread:
		return state.Failed{Kind: state.KindUndecodable, Reason: state.TelegramReason(t.Err)}
	case t.Substance() == wmbus.Static:
		return state.Failed{Kind: state.KindNoReading, Reason: state.Reason{Code: state.ReasonStatic}}
	}
	if t.Substance() == wmbus.MakersOwn {
		return state.Failed{Kind: state.KindUndecodable, Reason: state.Reason{Code: state.ReasonMakerData}}
	}
	for i := range t.Records {
		if r := &t.Records[i]; r.Storage == 0 && !r.Value.Valid() {
			return state.Failed{Kind: state.KindNoReading, Reason: state.Reason{Code: state.ReasonNoValue, Quantity: r.Quantity}}
		}
	}
	return state.Failed{Kind: state.KindNoReading, Reason: state.Reason{Code: state.ReasonSignOfLife}}
}

// inconclusive reports whether a telegram that was received in part does not
// show whether the key is right.
func inconclusive(r wmbus.SecurityResult) bool {
	return r == wmbus.WrongKey || r == wmbus.MACWrong || r == wmbus.CannotTell
}

// says reports whether a telegram says anything that changes, or an alarm.
func says(t *wmbus.Telegram) bool {
	return t.Substance() == wmbus.Values || t.Status.Alarm() && len(t.Records) > 0
}

// logged is the log entry for a frame; ref is "" for an unlisted meter.
func logged(f device.Frame, ref string) *store.Telegram {
	_, zone := f.Time.Zone()
	_, air := f.AirTime.Zone()
	return &store.Telegram{Time: f.Time, AirTime: f.AirTime, Zone: zone, AirZone: air,
		Receiver: f.Receiver, Mode: f.Mode, RSSI: f.RSSI, Meter: ref, Bytes: f.Bytes}
}

// frameOf is the frame that a log entry was made from.
func frameOf(t *store.Telegram) device.Frame {
	f := device.Frame{Time: t.Time.In(zone(t.Zone)), AirTime: t.AirTime, Receiver: t.Receiver, Mode: t.Mode, RSSI: t.RSSI, Bytes: t.Bytes}
	if !f.AirTime.IsZero() {
		f.AirTime = f.AirTime.In(zone(t.AirZone))
	}
	return f
}

// published is what is sent to the brokers for a reading.
func (x *examiner) published(ref string, t *wmbus.Telegram, f device.Frame, r *reading.Reading) *reading.Published {
	return &reading.Published{
		Site: x.site.Name, Meter: ref, Address: t.Header.Meter, Receiver: f.Receiver, RSSI: f.RSSI, Security: t.Security.Result, Reading: r,
	}
}
