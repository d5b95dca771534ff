package state

import (
	"time"

	"earshot/collector/keys"
	"earshot/collector/reading"
	"earshot/device"
	"earshot/device/wmbus"
)

// Event is something that happened. The set is closed: it is what State.Apply
// knows. Events carry their own time; nothing that handles them reads a clock.
type Event interface {
	// When is the time of the event.
	When() time.Time
	// Name is the event's name in JSON.
	Name() string
}

// At is the time of an event; every event embeds it.
type At struct {
	Time time.Time `json:"time"`
}

// When returns the time of the event.
func (a At) When() time.Time { return a.Time }

// Reception says how a telegram was heard.
type Reception struct {
	Receiver string          `json:"receiver"`
	Mode     device.LinkMode `json:"mode,omitempty"`
	RSSI     device.RSSI     `json:"-"`
	Bytes    []byte          `json:"-"`
	AirTime  time.Time       `json:"-"`
}

// The events.
type (
	// RoundStarted begins a round of reads.
	RoundStarted struct {
		At
		Round    int         `json:"round"`
		Deadline time.Time   `json:"deadline"`
		Reads    []ReadStart `json:"-"`
	}
	// RoundFinished ends it: every read of the round has ended.
	RoundFinished struct {
		At
		Round  int   `json:"round"`
		Cause  Cause `json:"cause,omitempty"` // why it ended early, CauseNone if it did not
		Lost   bool  `json:"lost,omitempty"`  // it ended because no receiver was left
		Failed int   `json:"failed"`
	}
	// Heard is a telegram of an expected meter.
	Heard struct {
		At
		Ref     string        `json:"meter"`
		Address wmbus.Address `json:"-"`
		Reception
		Access    byte `json:"-"` // its access number
		HasAccess bool `json:"-"`
		// Again says that the telegram was heard before, as an unlisted meter's.
		Again bool `json:"again,omitempty"`
		// Repeated says that a repeater passed it on.
		Repeated bool `json:"repeated,omitempty"`
		// Kept says that it was heard before, and is opened now with another key.
		Kept bool `json:"kept,omitempty"`
	}
	// HeardAlso is the same telegram as one before, from another receiver.
	HeardAlso struct {
		At
		Ref string `json:"meter,omitempty"` // "" for an unlisted meter
		Reception
	}
	// Decrypted is the result of the security layer of that telegram.
	Decrypted struct {
		At
		Ref      string         `json:"meter"`
		Security wmbus.Security `json:"-"`
		Public   bool           `json:"public_key,omitempty"` // a key opened it that the maker gave to everybody, and not that of the list
	}
	// Decoded is the reading of the telegram.
	Decoded struct {
		At
		Ref     string           `json:"meter"`
		Reading *reading.Reading `json:"reading"`
		// Taken says that it was decoded before, and is taken now since its read
		// has had its time and nothing better came.
		Taken bool `json:"taken,omitempty"`
	}
	// Failed is the step at which a telegram of an expected meter failed. The
	// read may continue (Final false) or be over.
	Failed struct {
		At
		Ref    string `json:"meter"`
		Kind   Kind   `json:"kind"`
		Reason Reason `json:"reason,omitzero"`
		Final  bool   `json:"final"`
	}
	// KeyFound is what is wrong with the key of a row.
	KeyFound struct {
		At
		Ref   string    `json:"meter"`
		Clue  keys.Clue `json:"key"`
		Proof []Frame   `json:"proof,omitempty"` // telegrams that the key opens to which the clue leads
	}
	// Recognised is an unlisted meter that the key of a row opens.
	Recognised struct {
		At
		Ref     string        `json:"meter"`
		Address wmbus.Address `json:"-"`
		Proof   []Frame       `json:"proof"` // its telegrams
	}
	// TimedOut ends a read that got no answer in time.
	TimedOut struct {
		At
		Ref   string        `json:"meter"`
		After time.Duration `json:"after_ns"`
		Away  time.Duration `json:"away_ns,omitempty"`  // how long of it no receiver listened
		Fewer time.Duration `json:"fewer_ns,omitempty"` // how long of it at least one receiver did not
	}
	// Cached is the last reading that the store knows of a meter.
	Cached struct {
		At
		Ref     string           `json:"meter"`
		Reading *reading.Reading `json:"reading"`
	}
	// UnlistedHeard is a telegram of a meter that is not in the list.
	UnlistedHeard struct {
		At
		Address wmbus.Address `json:"-"`
		Reception
		Encrypted bool     `json:"encrypted,omitempty"`
		Printed   wmbus.ID `json:"-"` // the number that its content says is printed on it, 0 for none
		// NotStored says that the telegram is not in the log: it changes no row.
		NotStored bool `json:"-"`
	}
	// ReceiverUp is a receiver that listens.
	ReceiverUp struct {
		At
		Info device.Info `json:"receiver"`
		Was  string      `json:"was,omitempty"` // its name before it was lost, if it has another now
	}
	// ReceiverDown is a receiver that does not listen any more.
	ReceiverDown struct {
		At
		Receiver string `json:"receiver"`
		Reason   string `json:"reason"`
		Ended    bool   `json:"ended"` // a recording that has ended, not a fault
	}
	// ReceiverBack ends a time in which a receiver did not listen.
	ReceiverBack struct {
		At
		Receiver string        `json:"receiver"`
		Away     time.Duration `json:"away_ns"`
	}
	// ReceiverDeaf is a receiver that answers, and hears nothing.
	ReceiverDeaf struct {
		At
		Receiver string `json:"receiver"`
		Reason   string `json:"reason"`
	}
	// ReceiverReset is a receiver that was restarted.
	ReceiverReset struct {
		At
		Receiver string `json:"receiver"`
		Reason   string `json:"reason"`
		Problem  string `json:"problem,omitempty"` // why it could not be
	}
	// ReceiverTuned is a receiver that listens to other link modes now.
	ReceiverTuned struct {
		At
		Receiver string            `json:"receiver"`
		Modes    []device.LinkMode `json:"modes"`
	}
	// Trouble is something that a receiver could not read, or a notice about
	// it.
	Trouble struct {
		At
		Receiver string `json:"receiver"`
		Reason   string `json:"reason"`
		Notice   bool   `json:"notice,omitempty"` // a notice: nothing was lost
		// More is how many more of this receiver came since the event before, and are
		// no events: too many came.
		More int `json:"more,omitempty"`
	}
	// Stored says that telegrams and readings are committed to disk.
	Stored struct {
		At
		Telegrams int         `json:"telegrams"`
		Refs      []string    `json:"meters,omitempty"` // a reading each
		Times     []time.Time `json:"-"`                // when each reading was received
		Rounds    []int       `json:"-"`                // the round of its meter that each belongs to; nil: by its time
		Queued    int         `json:"queued,omitempty"` // of these on their way to the broker
		To        int64       `json:"-"`                // all entries of the log up to this one are committed
	}
	// InMemory is what Stored would say if the store were on a disk: telegrams and
	// readings that are gone when the program ends.
	InMemory struct{ Stored }
	// StoreFailed says that a commit failed; it is tried again.
	StoreFailed struct {
		At
		Reason  string `json:"reason"`
		Waiting int    `json:"waiting"`           // how many entries are in memory only
		Lasting bool   `json:"lasting,omitempty"` // the file could not be used at the start: nothing is kept, until the campaign ends
	}
	// StoreMended says that a commit worked after some had failed.
	StoreMended struct {
		At
		Since time.Time `json:"since"` // when the first of them failed
		Lost  int       `json:"lost"`  // how many entries were lost meanwhile because memory was full
	}
	// ClockSet says that the clock of this machine was set back: later events
	// have earlier times than those before.
	ClockSet struct {
		At
		Back time.Duration `json:"back_ns"`
	}
	// Delivered says that a broker acknowledged readings, and that this is
	// committed.
	Delivered struct {
		At
		Broker   string      `json:"broker,omitempty"`
		Refs     []string    `json:"meters"`
		Times    []time.Time `json:"-"` // when each reading was received
		Rounds   []int       `json:"-"` // as those of Stored; -1 for one of an earlier campaign
		Messages []int64     `json:"-"` // their numbers in the outbox
	}
	// Refused is a reading that the broker will never take.
	Refused struct {
		At
		Broker  string    `json:"broker,omitempty"`
		Ref     string    `json:"meter"`
		Reason  Reason    `json:"reason,omitzero"`
		Reading time.Time `json:"-"` // when the reading was received
		Round   int       `json:"-"` // as those of Stored; 0: by its time
	}
	// BrokerUp and BrokerDown report the connection to the broker, BrokerHeld
	// a pause during which it stays up.
	BrokerUp struct {
		At
		Broker string `json:"broker"`
	}
	BrokerDown struct {
		At
		Broker string `json:"broker"`
		Reason string `json:"reason"`
	}
	BrokerHeld struct {
		At
		Broker string `json:"broker"`
		Reason string `json:"reason"`
	}
	// Dropped counts what was discarded so that the radio does not wait.
	Dropped struct {
		At
		What  Drop   `json:"what"`
		Ref   string `json:"meter,omitempty"`
		Count int    `json:"count"`
	}
	// UnlistedNotStored counts telegrams of unlisted meters beyond the number that
	// is stored of each receiver and hour.
	UnlistedNotStored struct {
		At
		Receiver string `json:"receiver"`
		Count    int    `json:"count"`
	}
	// Noted is an installer's action.
	Noted struct {
		At
		Ref  string `json:"meter,omitempty"`
		What string `json:"what"` // ActNote, ActReadAgain, ActCorrection, ActKey
		Text string `json:"text,omitempty"`
		// Before says that it was noted in an earlier campaign.
		Before bool `json:"before,omitempty"`
	}
	// CampaignStarted begins a campaign: nothing is known of any meter.
	CampaignStarted struct {
		At
		Session
	}
	// CampaignResumed continues a campaign where it stopped when the program
	// ended.
	CampaignResumed struct {
		At
		Session
		Changed []string `json:"changed,omitempty"` // meters whose key has changed: they start again
	}
	// CampaignEnded finishes a campaign: it is not resumed any more.
	CampaignEnded struct {
		At
		Campaign int64 `json:"campaign"`
	}
)

// Session is one run of the program for a campaign.
type Session struct {
	Campaign   int64           `json:"campaign"` // its number in the store
	Delivering bool            `json:"delivering"`
	Queued     int             `json:"queued,omitempty"` // readings from before that are still to be delivered
	Brokers    []SessionBroker `json:"brokers,omitempty"`
	List       []ListRow       `json:"-"`
	// Signal are the limits of signals, nil for DefaultLimits.
	Signal *Limits `json:"signal,omitempty"`
	// Fingerprint is that of the list, see Fingerprint.
	Fingerprint string `json:"fingerprint"`
}

// SessionBroker is a broker of a session.
type SessionBroker struct {
	Name   string `json:"broker"`
	Queued int    `json:"queued,omitempty"` // as Session.Queued, for this one
}

// ListRow is a row of the list as the log knows it.
type ListRow struct {
	Ref string `json:"meter"`
	Key string `json:"key,omitempty"` // the key's fingerprint
}

// ReadStart is one read of a round.
type ReadStart struct {
	Ref   string
	Until time.Time
}

// Drop says what was dropped.
type Drop uint8

const (
	DropMailbox  Drop = iota // frames that waited too long for their read: logged, not decoded
	DropStore                // frames that the store's queue could not take: lost
	DropUnlisted             // unlisted meters beyond the number that is remembered
	dropEnd
)

var dropWords = [dropEnd]string{"mailbox", "store", "unlisted"}

func (d Drop) String() string { return dropWords[min(d, dropEnd-1)] }

// MarshalText writes the drop as a word.
func (d Drop) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Proof reports whether the telegram was opened with a key that only the meter and
// the list have.
func (d Decrypted) Proof() bool { return d.Security.Result != wmbus.NotEncrypted && !d.Public }

func (RoundStarted) Name() string  { return "round_started" }
func (RoundFinished) Name() string { return "round_finished" }
func (Heard) Name() string         { return "heard" }
func (HeardAlso) Name() string     { return "heard_also" }
func (Decrypted) Name() string     { return "decrypted" }
func (Decoded) Name() string       { return "decoded" }
func (Failed) Name() string        { return "failed" }
func (KeyFound) Name() string      { return "key_found" }
func (Recognised) Name() string    { return "recognised" }
func (TimedOut) Name() string      { return "timed_out" }
func (Cached) Name() string        { return "cached" }
func (UnlistedHeard) Name() string { return "unlisted_heard" }
func (ReceiverUp) Name() string    { return "receiver_up" }
func (ReceiverDown) Name() string  { return "receiver_down" }
func (ReceiverBack) Name() string  { return "receiver_back" }
func (ReceiverDeaf) Name() string  { return "receiver_deaf" }
func (ReceiverReset) Name() string { return "receiver_reset" }
func (ReceiverTuned) Name() string { return "receiver_tuned" }
func (Trouble) Name() string       { return "trouble" }
func (Stored) Name() string        { return "stored" }
func (InMemory) Name() string      { return "in_memory" }
func (StoreFailed) Name() string   { return "store_failed" }
func (Delivered) Name() string     { return "delivered" }
func (Refused) Name() string       { return "refused" }
func (BrokerUp) Name() string      { return "broker_up" }
func (BrokerDown) Name() string    { return "broker_down" }
func (BrokerHeld) Name() string    { return "broker_held" }
func (Dropped) Name() string       { return "dropped" }
func (Noted) Name() string         { return "action" }

func (UnlistedNotStored) Name() string { return "unlisted_not_stored" }

func (ClockSet) Name() string        { return "clock_set" }
func (StoreMended) Name() string     { return "store_mended" }
func (CampaignStarted) Name() string { return "campaign_started" }
func (CampaignResumed) Name() string { return "campaign_resumed" }
func (CampaignEnded) Name() string   { return "campaign_ended" }

// ReceptionOf says how a frame was heard.
func ReceptionOf(f device.Frame) Reception {
	return Reception{Receiver: f.Receiver, Mode: f.Mode, RSSI: f.RSSI, Bytes: f.Bytes, AirTime: f.AirTime}
}
