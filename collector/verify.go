package collector

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/wmbus"
)

// Verification is the result of replaying the log of a campaign.
type Verification struct {
	State    *state.State
	Compared int // number of logged tables of verdicts that came out the same
	// Skipped are those that could not be compared: they were made with
	// another list or other rules, or entries of the log had been lost
	// before.
	Skipped   int
	Differing []int64 // the entries of the log with a table that came out differently
	// OtherList says that the campaign was last run with another list.
	OtherList bool
	// List is the list of the last session as the log has it: rows and fingerprints of
	// keys.
	List []state.ListRow
	// Findings compares what was recorded of the telegrams, see VerifyTraced.
	Findings Findings
}

// Findings counts what was recorded of a log's telegrams.
type Findings struct {
	Checked int // found again in the telegram
	Trusted int // taken as recorded: the key that opens the telegram is not known
	// Wrong are those of which the telegram says something else: the first
	// MaxWrong of WrongCount.
	Wrong      []WrongFinding
	WrongCount int
}

// MaxWrong is how many wrong findings are named.
const MaxWrong = 100

// WrongFinding is a telegram that says something else than was recorded.
type WrongFinding struct {
	Entry           int64  // its number in the log
	Meter           string // the row, "" for an unlisted meter
	Recorded, Found Finding
}

// Watcher is called with each telegram of a row of the list in the order of the log:
// its entry, what it was decoded to and the reading in it, nil if it has none. The
// telegram and its records are valid until it returns.
type Watcher func(row int, e *store.Telegram, t *wmbus.Telegram, r *reading.Reading)

// Verify replays the log of a campaign with the list of its last session and
// compares the verdicts with the logged ones. Watchers see its telegrams meanwhile.
func Verify(list site.Site, log iter.Seq2[store.Entry, error], watchers ...Watcher) (Verification, error) {
	r := watched(list, watchers)
	if err := r.run(log); err != nil {
		return Verification{}, err
	}
	return r.verification(), nil
}

// watched is a replay that watchers see.
func watched(list site.Site, watchers []Watcher) *replay {
	r := newReplay(list, newExaminer(list, false))
	if len(watchers) > 0 {
		r.examiner.seen = func(row int, t *wmbus.Telegram, read *reading.Reading) {
			for _, watch := range watchers {
				watch(row, r.entryNow, t, read)
			}
		}
	}
	return r
}

func (r *replay) verification() Verification {
	v := Verification{State: r.state, Compared: r.compared, Skipped: r.skipped, Differing: r.differing, Findings: r.findings}
	if r.session != nil {
		v.OtherList, v.List = r.session.Fingerprint != r.fingerprint, r.session.List
	}
	return v
}

// Traced is an entry of the log with what was found in it: nil if it is not a
// telegram, or was not examined.
type Traced struct {
	Entry store.Entry
	Found *Finding
}

// Trace replays a log and yields its entries with what is found in them. The
// list must have its keys.
func Trace(list site.Site, log iter.Seq2[store.Entry, error]) iter.Seq2[Traced, error] {
	return func(yield func(Traced, error) bool) {
		r := newReplay(list, newExaminer(list, false))
		for entry, err := range log {
			r.found = nil
			if err == nil {
				err = r.entry(entry)
			}
			if err != nil {
				yield(Traced{}, err)
				return
			}
			if !yield(Traced{Entry: entry, Found: r.found}, nil) {
				return
			}
		}
	}
}

// VerifyTraced is Verify for a log with findings. Keys of the list may be known
// by their fingerprint only (site.ParseFingerprint): what was recorded of the
// telegrams that they open is taken as it is, and counted. All others must say
// what was recorded of them. Watchers see what can be decoded.
func VerifyTraced(list site.Site, log iter.Seq2[Traced, error], watchers ...Watcher) (Verification, error) {
	r := watched(list, watchers)
	err := r.run(func(yield func(store.Entry, error) bool) {
		for traced, err := range log {
			if r.recorded = traced.Found; !yield(traced.Entry, err) {
				return
			}
		}
	})
	if err != nil {
		return Verification{}, err
	}
	return r.verification(), nil
}

// Finding is what one telegram says, as far as a verdict depends on it: the
// security layer, and the reading or why there is none. Of an unlisted meter's it
// is only Encrypted and Printed. It holds no key, and is written as JSON.
type Finding struct {
	Address  string           `json:"address,omitempty"` // of the meter, if the key hides it
	Access   *byte            `json:"access,omitempty"`
	Repeated bool             `json:"repeated,omitempty"`
	Opened   *Opening         `json:"security,omitempty"`
	Failed   *Shortfall       `json:"failed,omitempty"`
	Reading  *reading.Reading `json:"reading,omitempty"`

	Encrypted bool     `json:"encrypted,omitempty"`
	Printed   wmbus.ID `json:"printed,omitempty"`
}

// Opening is how the security layer of a telegram was opened.
type Opening struct {
	Mode   wmbus.SecurityMode   `json:"mode"`
	Result wmbus.SecurityResult `json:"result"`
	Public bool                 `json:"public_key,omitempty"`
}

// Shortfall is why a telegram gave no reading.
type Shortfall struct {
	Kind   state.Kind   `json:"kind"`
	Reason state.Reason `json:"reason,omitzero"`
	Final  bool         `json:"final,omitempty"`
}

// String is the finding as JSON.
func (f Finding) String() string { return string(mustEncode(f)) }

// Equal reports whether two findings say the same.
func (f Finding) Equal(other Finding) bool { return bytes.Equal(mustEncode(f), mustEncode(other)) }

// record is what a finding says; header is what the telegram shows without a key.
func (f *finding) record(header wmbus.Header) *Finding {
	out := &Finding{}
	for _, ev := range f.events {
		switch ev := ev.(type) {
		case state.Heard:
			if ev.Address != header.Meter {
				out.Address = hexAddress(ev.Address)
			}
			if out.Repeated = ev.Repeated; ev.HasAccess {
				out.Access = &ev.Access
			}
		case state.Decrypted:
			out.Opened = &Opening{Mode: ev.Security.Mode, Result: ev.Security.Result, Public: ev.Public}
		case state.Failed:
			out.Failed = &Shortfall{Kind: ev.Kind, Reason: ev.Reason, Final: ev.Final}
		case state.Decoded:
			out.Reading = ev.Reading
		case state.UnlistedHeard:
			out.Encrypted, out.Printed = ev.Encrypted, ev.Printed
		}
	}
	return out
}

// hexAddress and parseAddress write and read all bits of an address, in the order
// manufacturer, number, version, type.
func hexAddress(a wmbus.Address) string {
	return fmt.Sprintf("%04X%08X%02X%02X", uint16(a.Manufacturer), uint32(a.ID), a.Version, byte(a.Type))
}

func parseAddress(text string) (wmbus.Address, error) {
	n, err := strconv.ParseUint(text, 16, 64)
	if err != nil || len(text) != 16 {
		return wmbus.Address{}, fmt.Errorf("%.20q is not an address of 16 hex digits", text)
	}
	return wmbus.Address{Manufacturer: wmbus.Manufacturer(n >> 48), ID: wmbus.ID(n >> 16), Version: byte(n >> 8), Type: wmbus.DeviceType(n)}, nil
}

// as is the finding of a telegram as it was recorded: what look would have made of
// it with the key.
func (f *Finding) as(q queued) (finding, error) {
	out, at := q.finding(), state.At{Time: q.frame.Time}
	address := q.header.Meter
	if f.Address != "" {
		var err error
		if address, err = parseAddress(f.Address); err != nil {
			return out, err
		}
	}
	if q.row == unlistedRow {
		out.events = []state.Event{state.UnlistedHeard{At: at, Address: address, Reception: state.ReceptionOf(q.frame), Encrypted: f.Encrypted, Printed: f.Printed}}
		return out, nil
	}
	if q.fate != store.FateTaken {
		heard := state.Heard{At: at, Ref: q.ref, Address: address, Reception: state.ReceptionOf(q.frame), Repeated: f.Repeated, Again: q.fate == store.FateAgain, Kept: q.fate == store.FateKept}
		if f.Access != nil {
			heard.Access, heard.HasAccess = *f.Access, true
		}
		out.events = append(out.events, heard)
	}
	if o := f.Opened; o != nil {
		out.events = append(out.events, state.Decrypted{At: at, Ref: q.ref, Security: wmbus.Security{Mode: o.Mode, Result: o.Result}, Public: o.Public})
	}
	switch {
	case f.Failed != nil:
		out.events = append(out.events, state.Failed{At: at, Ref: q.ref, Kind: f.Failed.Kind, Reason: f.Failed.Reason, Final: f.Failed.Final})
	case f.Reading != nil && f.Opened != nil:
		out.reading = f.Reading
		out.events = append(out.events, state.Decoded{At: at, Ref: q.ref, Reading: f.Reading, Taken: q.fate == store.FateTaken})
		out.item.Reading = &store.Reading{Meter: q.ref, Time: q.frame.Time, Telegram: q.frame.Bytes}
	default:
		return out, errors.New("what was found has neither a reading nor a failure")
	}
	for _, ev := range out.events {
		if err := state.Check(ev); err != nil {
			return out, err
		}
	}
	return out, nil
}

// weigh compares what was found in a telegram with what was recorded of it, and
// returns the one that counts: the recorded one if the key that opens the telegram
// is not known.
func (r *replay) weigh(q queued, entry int64, found finding) (finding, error) {
	own := found.record(q.header)
	if r.found = own; r.recorded == nil {
		return found, nil
	}
	blind := q.row != unlistedRow && r.examiner.blind(q.row)
	if blind && !(found.plain() && r.recorded.plain(own)) || (blind || r.examiner.unknown) && found.templates {
		r.findings.Trusted++
		return r.recorded.as(q)
	}
	if own.Equal(*r.recorded) {
		r.findings.Checked++
		return found, nil
	}
	if r.findings.WrongCount++; len(r.findings.Wrong) < MaxWrong {
		r.findings.Wrong = append(r.findings.Wrong, WrongFinding{Entry: entry, Meter: q.ref, Recorded: *r.recorded, Found: *own})
	}
	return found, nil
}

// plain reports whether what was recorded may be of a telegram that was not encrypted,
// as own says. One that its header calls encrypted may look decrypted by chance: then
// only the key can say so.
func (f *Finding) plain(own *Finding) bool {
	if f.Opened == nil || own.Opened == nil {
		return true
	}
	return f.Opened.Result == wmbus.NotEncrypted || own.Opened.Mode == wmbus.ModeNone || f.Opened.Mode != own.Opened.Mode
}

// plain reports whether the telegram was not encrypted.
func (f *finding) plain() bool {
	for _, ev := range f.events {
		if opened, is := ev.(state.Decrypted); is {
			return opened.Security.Result == wmbus.NotEncrypted
		}
	}
	return false
}
