package collector

import (
	"context"
	"sync"
	"sync/atomic"

	"earshot/collector/keys"
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
	keys      []*wmbus.Key    // by row, nil if the list has none, or only its fingerprint is known
	unknown   bool            // of some key only the fingerprint is known
	ids       []atomic.Uint32 // by row, for topics: the listed meter, or the one that it was corrected to
	deliver   bool            // readings go to a broker
	decoder   wmbus.Decoder
	telegrams sync.Pool // *wmbus.Telegram

	searcher   *keys.Searcher    // nil until a row is read with another key than its own
	used       map[int]keys.Clue // by row: where such a key is from
	typed      map[int]site.Key  // by row: those that the installer typed
	entered    map[int]string    // … the fingerprint of the one in use
	unresolved map[int]bool      // rows with a found key that cannot be made, since a key of the list is not known

	// seen is called with each telegram of a row that was examined; nil: nobody asks.
	seen func(row int, t *wmbus.Telegram, r *reading.Reading)

	mu    sync.Mutex
	known map[wmbus.Address]overheard // unlisted meters
	tried map[wmbus.Address]int       // … and how often, by telegrams that are not stored
}

// overheard is what telegrams of an unlisted meter say without a key.
type overheard struct {
	encrypted bool
	printed   wmbus.ID // the number that is printed on it, 0 if they do not say
	times     int      // how many were looked into
}

func newExaminer(s site.Site, deliver bool) *examiner {
	x := &examiner{
		site: s, deliver: deliver, refs: make([]string, len(s.Meters)), keys: make([]*wmbus.Key, len(s.Meters)), ids: make([]atomic.Uint32, len(s.Meters)),
		decoder:   wmbus.Decoder{Templates: new(wmbus.Templates)},
		telegrams: sync.Pool{New: func() any { return new(wmbus.Telegram) }},
		used:      map[int]keys.Clue{}, unresolved: map[int]bool{}, typed: map[int]site.Key{}, entered: map[int]string{}, known: map[wmbus.Address]overheard{}, tried: map[wmbus.Address]int{},
	}
	for i, m := range s.Meters {
		x.refs[i] = m.Ref()
		x.keys[i] = m.Key.Prepared()
		x.unknown = x.unknown || !m.Key.IsZero() && !m.Key.Known()
		x.ids[i].Store(uint32(m.ID))
	}
	return x
}

// examine examines a frame of an expected meter.
func (x *examiner) examine(q queued) finding {
	t := x.telegrams.Get().(*wmbus.Telegram)
	defer x.telegrams.Put(t)
	out := x.examineInto(t, q)
	if x.seen != nil {
		x.seen(q.row, t, out.reading)
	}
	return out
}

// examineInto is examine with a telegram to decode into.
func (x *examiner) examineInto(t *wmbus.Telegram, q queued) finding {
	row, f := q.row, q.frame
	ref, at := x.refs[row], state.At{Time: f.Time}
	_ = x.decoder.Decode(t, f.Bytes, x.keys[row]) // t.Err is the same error
	out := q.finding()
	out.templates = t.UsesTemplates()
	out.events = make([]state.Event, 0, 3)
	if q.fate != store.FateTaken {
		out.events = append(out.events, state.Heard{At: at, Ref: ref, Address: t.Header.Meter, Reception: state.ReceptionOf(f), Access: t.Access, HasAccess: t.HasAccess, Again: q.fate == store.FateAgain, Kept: q.fate == store.FateKept, Repeated: t.Repeated()})
	}
	if fail := failure(t); fail.Kind != state.KindNone {
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
	case x.keys[row] == nil && !x.blind(row):
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

// blind reports whether the key that a row is read with is not known.
func (x *examiner) blind(row int) bool {
	return x.unresolved[row] || x.keys[row] == nil && !x.site.Meters[row].Key.IsZero()
}

// unlisted makes the event of a telegram of a meter that is not in the list.
func (x *examiner) unlisted(meter wmbus.Address, f device.Frame) state.UnlistedHeard {
	x.mu.Lock()
	defer x.mu.Unlock()
	known, found := x.known[meter]
	if (found || len(x.known) < state.MaxUnlisted) && known.times < maxSearches {
		t := x.telegrams.Get().(*wmbus.Telegram)
		_ = x.decoder.Decode(t, f.Bytes, nil)
		known.times++
		known.encrypted = known.encrypted || t.Security.Result == wmbus.NoKey
		if printed := printedNumber(t); printed != meter.ID {
			known.printed = printed
		}
		x.telegrams.Put(t)
		x.known[meter] = known
	}
	return state.UnlistedHeard{At: state.At{Time: f.Time}, Address: meter, Reception: state.ReceptionOf(f), Encrypted: known.encrypted, Printed: known.printed}
}

// hints reports whether a telegram that the quota has no room for shows that its
// meter may be a row's, which is not known yet. It leaves no trace in what stored
// telegrams are examined by: the log has to give the same verdicts without it.
func (x *examiner) hints(meter wmbus.Address) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	known, found := x.known[meter]
	tried := x.tried[meter]
	if known.times+tried >= maxSearches || !found && len(x.known) >= state.MaxUnlisted || tried == 0 && len(x.tried) >= state.MaxUnlisted {
		return false
	}
	x.tried[meter]++
	for i := range x.site.Meters {
		if site.Alike(&x.site.Meters[i], meter) != site.LikeNone {
			return true
		}
	}
	return false
}

// unstored makes the event of a telegram that is not stored.
func (x *examiner) unstored(meter wmbus.Address, f device.Frame) state.UnlistedHeard {
	x.mu.Lock()
	defer x.mu.Unlock()
	known := x.known[meter]
	return state.UnlistedHeard{At: state.At{Time: f.Time}, Address: meter, Reception: state.ReceptionOf(f), Encrypted: known.encrypted, Printed: known.printed, NotStored: true}
}

// printedNumber is the number of the meter that a telegram's content names, 0 for none.
func printedNumber(t *wmbus.Telegram) wmbus.ID {
	for i := range t.Records {
		switch t.Records[i].Quantity {
		case wmbus.FabricationNumber, wmbus.SerialNumber, wmbus.EnhancedIdentification:
			if id, err := wmbus.ParseID(t.Records[i].Value.String()); err == nil && t.Records[i].Storage == 0 {
				return id
			}
		}
	}
	return 0
}

// useKeys gives rows the keys that the state says they are read with, and returns the
// rows that have another one now. A key that the list does not lead to any more is not
// used.
func (x *examiner) useKeys(s *state.State) (changed []int) {
	wanted := s.KeysUsed()
	for row := range x.keys {
		r, other := wanted[row]
		clue, used := x.used[row]
		if !other {
			delete(x.unresolved, row)
		}
		switch {
		case other && (!used || clue != r.Clue):
			if x.searcher == nil {
				x.searcher = keys.New(x.site, x.decoder.Templates)
			}
			proof := make([][]byte, len(r.Proof))
			for i := range r.Proof {
				proof[i] = r.Proof[i]
			}
			key := x.searcher.Resolve(row, r.Clue, proof)
			if x.unresolved[row] = key == nil && x.unknown; key != nil {
				x.keys[row], x.used[row] = key, r.Clue
				changed = append(changed, row)
			}
		case !other && (used || x.entered[row] != s.Row(row).Entered):
			x.keys[row] = x.own(row, s.Row(row).Entered).Prepared()
			delete(x.used, row)
			x.entered[row] = s.Row(row).Entered
			changed = append(changed, row)
		}
	}
	return changed
}

// own is the key of a row: that of the list, or the typed one with a fingerprint.
func (x *examiner) own(row int, entered string) site.Key {
	if key := x.typed[row]; entered != "" && key.Fingerprint() == entered {
		return key
	}
	return x.site.Meters[row].Key
}

// publicly reports whether a key opened a telegram that anybody may have, though
// the list has another one.
func publicly(t *wmbus.Telegram, key *wmbus.Key) bool {
	return t.Notes&wmbus.NoteOtherKey != 0 || key != nil && key.IsAES() && t.Security.Mode == wmbus.ModePRIOS && t.Security.Result == wmbus.SecurityOK
}

// failure says why the content of a telegram cannot be used: damage, or its
// security. The zero Failed: it can.
func failure(t *wmbus.Telegram) state.Failed {
	switch result := t.Security.Result; {
	case result == wmbus.Damaged || t.Cut() && (inconclusive(result) || result.Readable() && !says(t)):
		return state.Failed{Kind: state.KindDamaged, Reason: state.TelegramReason(t.Err)}
	case result == wmbus.NoKey:
		return state.Failed{Kind: state.KindNoKey, Reason: state.Reason{Code: state.ReasonNoKey}, Final: true}
	case result == wmbus.Unsupported:
		return state.Failed{Kind: state.KindUndecodable, Reason: state.Reason{Code: state.ReasonMode, Mode: t.Security.Mode}}
	case result == wmbus.WrongKey, result == wmbus.MACWrong:
		fail := state.Failed{Kind: state.KindWrongKey, Reason: state.Reason{Code: state.ReasonWrongKey}}
		if result == wmbus.MACWrong {
			fail.Reason.Code = state.ReasonWrongMAC
		}
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

// History is what the last telegrams of a row in this campaign said, oldest first: at
// most maxKept and those that are not committed yet. It reads the store.
func (c *Campaign) History(ctx context.Context, ref string) ([]reading.Sample, error) {
	row, listed := c.rowOf[ref]
	if !listed {
		return nil, nil
	}
	stored, err := c.db.Telegrams(ctx, c.campaign, []string{ref}, maxKept)
	frames := c.board.kept(row, stored[ref])
	key, t, decoder := c.keyOf(row), new(wmbus.Telegram), c.frozen()
	samples := make([]reading.Sample, 0, len(frames))
	for _, f := range frames {
		s := reading.Sample{Time: f.Time, Receiver: f.Receiver, RSSI: f.RSSI}
		if !f.AirTime.IsZero() && f.AirTime.Before(f.Time) {
			s.Time = f.AirTime
		}
		if _ = decoder.Decode(t, f.Bytes, key); failure(t).Kind == state.KindNone {
			s.Value, _ = reading.New(t, f).Main()
		}
		samples = append(samples, s)
	}
	return samples, err
}

// frozen is a decoder that learns nothing: what is looked at again is not in the log.
func (c *Campaign) frozen() wmbus.Decoder {
	return wmbus.Decoder{Templates: c.examiner.decoder.Templates, Frozen: true}
}

// keyOf is the key that a row is read with, nil for none.
func (c *Campaign) keyOf(row int) *wmbus.Key {
	if row < 0 {
		return nil
	}
	c.examining.Lock()
	defer c.examining.Unlock()
	return c.examiner.keys[row]
}

// Dissect says what every byte of a row's telegram is, decrypted if the row's key opens
// it.
func (c *Campaign) Dissect(ref string, telegram []byte) []wmbus.Part {
	row, listed := c.rowOf[ref]
	if !listed {
		row = -1
	}
	decoder := c.frozen()
	parts, _ := decoder.Explain(new(wmbus.Telegram), telegram, c.keyOf(row)) // the parts say what is wrong
	return parts
}

// TryKey says how many of a row's last encrypted telegrams a key opens.
func (c *Campaign) TryKey(ref string, key site.Key) (opens, of int) {
	row, listed := c.rowOf[ref]
	if !listed {
		return 0, 0
	}
	t, decoder := new(wmbus.Telegram), c.frozen()
	for _, f := range c.board.kept(row, nil) {
		_ = decoder.Decode(t, f.Bytes, key.Prepared())
		switch result := t.Security.Result; {
		case result == wmbus.SecurityOK && !publicly(t, key.Prepared()):
			opens++
			of++
		case result == wmbus.WrongKey || result == wmbus.MACWrong || result == wmbus.NoKey:
			of++
		}
	}
	return opens, of
}
