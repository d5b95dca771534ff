package state

import (
	"encoding/json"
	"time"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// AlarmCode says what must be seen although it is not a failure.
type AlarmCode uint8

const (
	AlarmStatus       AlarmCode = iota // Status, Maker: what the meter says of itself
	AlarmOtherID                       // the row was corrected to another meter
	AlarmPartial                       // its telegram was read only in part
	AlarmClock                         // Skew: its clock is off
	AlarmWeak                          // DBm: it is received badly
	AlarmUnproven                      // the list has a key, and the reading was not encrypted
	AlarmPublicKey                     // the maker's public key opens it, that of the list does not
	AlarmPlain                         // Count: telegrams with its number that are not encrypted
	AlarmColdFlow                      // Value, Before, Unit: the flow of a heat meter is colder than its return
	AlarmSame                          // Meter, Line: another row shows the same reading
	AlarmDueDate                       // Day: its due date is in the future
	AlarmInterference                  // Count, DBm: telegrams that are received well and damaged
	AlarmLoss                          // Count, DBm: per cent of its telegrams that are lost although they are strong enough
	AlarmCut                           // Count: every telegram ends after so many bytes
	AlarmOtherKey                      // the row is read with another key than that of the list
	AlarmMedium                        // Medium: it measures something else than the list says
	AlarmNeighbour                     // Meter: an unlisted one of its make is received far better
	alarmEnd
)

var alarmWords = [alarmEnd]string{"status", "other_id", "partial", "clock", "weak", "unproven", "public_key", "plain", "flow_below_return", "same_reading", "due_date", "interference", "loss", "cut", "other_key", "medium", "neighbour"}

func (c AlarmCode) String() string { return alarmWords[min(c, alarmEnd-1)] }

// MarshalText writes the code as a word.
func (c AlarmCode) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Alarm is something that is not a failure but must be seen.
type Alarm struct {
	Code   AlarmCode        `json:"code"`
	Status wmbus.Status     `json:"-"`
	Maker  wmbus.MakerFlags `json:"-"`                 // with StatusMakerFlag
	Skew   time.Duration    `json:"skew_ns,omitempty"` // how far the meter's clock is ahead
	DBm    int16            `json:"rssi_dbm,omitempty"`
	Count  int              `json:"count,omitempty"`
	Meter  string           `json:"meter,omitempty"`  // the other one
	Medium string           `json:"medium,omitempty"` // on the air
	Line   int              `json:"line,omitempty"`   // … and its line
	Value  wmbus.Value      `json:"value,omitzero"`
	Before wmbus.Value      `json:"before,omitzero"`
	Unit   wmbus.Unit       `json:"unit,omitempty"`
	Day    time.Time        `json:"day,omitzero"`
}

// MarshalJSON adds the word of the status.
func (a Alarm) MarshalJSON() ([]byte, error) {
	type plain Alarm
	return json.Marshal(struct {
		plain
		Status string `json:"status,omitempty"`
	}{plain(a), a.word()})
}

// word is the word of the alarm's status, "" if it has none.
func (a *Alarm) word() string { return statusWord(a.Status, a.Code == AlarmStatus) + a.Maker.String() }

// statusWord is the word of a status, "" if there is none.
func statusWord(s wmbus.Status, is bool) string {
	if !is {
		return ""
	}
	return s.String()
}

// alarms returns the row's alarms.
func (r *Row) alarms() (out []Alarm) {
	if r.Correction != nil {
		out = append(out, Alarm{Code: AlarmOtherID})
	}
	if r.KeyFound {
		out = append(out, Alarm{Code: AlarmOtherKey})
	}
	if r.Heard.Address.ID != 0 && !r.foreign && contradicts(r.wants, r.Heard.Address) {
		out = append(out, Alarm{Code: AlarmMedium, Medium: r.Heard.Address.Medium()})
	}
	if r.better != "" && r.heardItself() {
		out = append(out, Alarm{Code: AlarmNeighbour, Meter: r.better})
	}
	said := r.said
	if r.Reading != nil {
		said.AddAll(r.Reading.Status)
	}
	for status := range said.Alarms().All() {
		a := Alarm{Code: AlarmStatus, Status: status}
		if status == wmbus.StatusMakerFlag {
			a.Maker = said.Maker()
		}
		out = append(out, a)
	}
	out = append(out, r.provenance()...)
	if reading := r.Reading; reading != nil {
		switch {
		case reading.Partial != "" && r.air.cutOff():
			out = append(out, Alarm{Code: AlarmCut, Count: r.air.cut})
		case reading.Partial != "":
			out = append(out, Alarm{Code: AlarmPartial})
		}
		out = append(out, r.doubts()...)
	}
	median, _ := r.Heard.RSSI.Median()
	if r.disturbed() && r.Reading != nil {
		out = append(out, Alarm{Code: AlarmInterference, DBm: median, Count: r.air.damaged()})
	}
	switch {
	case r.Loss > r.limits.WorstLoss && r.limits.Band(r.Heard.RSSI) >= QualityUsable:
		out = append(out, Alarm{Code: AlarmLoss, DBm: median, Count: r.Loss})
	case r.Quality == QualityWeak, r.Quality == QualityMarginal:
		out = append(out, Alarm{Code: AlarmWeak, DBm: median})
	}
	return out
}

// provenance is what has to be known of the senders of the row's telegrams.
func (r *Row) provenance() []Alarm {
	unproven := r.Reading != nil && r.Reading.Doubt != reading.DoubtNone
	switch {
	case r.Plain == 0:
		return nil
	case r.public && !r.proved:
		return []Alarm{{Code: AlarmPublicKey}}
	case unproven:
		return []Alarm{{Code: AlarmUnproven}}
	}
	return []Alarm{{Code: AlarmPlain, Count: r.Plain}}
}

// AdviceCode says what to do about a row.
type AdviceCode uint8

const (
	AdviceNone           AdviceCode = iota
	AdviceStatus                    // Status, Medium: about what the meter says of itself
	AdviceAddKey                    // put its key into the list
	AdviceAskForKey                 // no key of the list fits
	AdviceCorrectKey                // the key of line FitsLine fits
	AdviceSwapKeys                  // the keys of two lines are swapped
	AdviceKeepTelegram              // ask the maker for its format
	AdviceCompareDisplay            // compare the reading with the meter's display
	AdviceAskBroker                 // show the reason to the broker's administrator
	AdviceCorrectID                 // an unlisted meter opens with the row's key
	AdviceCompareID                 // an unlisted meter has almost the row's ID
	AdviceListenLonger              // heard, but nothing complete
	AdviceReceiverAway              // a receiver was away for Fewer
	AdviceGoNearer                  // not heard at all
	AdviceCheckReceiver             // no receiver listened
	AdvicePartial                   // compare with the meter
	AdviceClock                     // have its clock set
	AdviceAntenna                   // place the antenna nearer
	AdviceUnproven                  // ask whether the meter encrypts
	AdvicePublicKey                 // take the key out of the list, or correct it
	AdvicePlain                     // somebody else sends with its number
	AdviceNextTelegram              // wait for one that is not damaged
	AdviceSecondTelegram            // … which tells whether the key is wrong
	AdviceReceiverCuts              // the receiver cuts every telegram
	AdviceCULCuts                   // … which is a CUL
	AdviceAwaitReading              // its reading may come in another telegram
	AdviceTellApart                 // say in the list which meter is meant
	AdviceWait                      // Silence: wait until it should have been heard
	AdviceWaitSlow                  // Silence: … or, if it is set to a longer interval
	AdviceComeBack                  // Silence: its radio is off at this time
	AdviceNothingHeard              // nothing at all is heard
	AdviceOtherSite                 // no meter of the list is heard
	AdviceOtherMode                 // Silence: listen to other link modes
	AdviceWeakFloor                 // Silence: its neighbours are weak
	AdviceLookAtMeter               // Silence: its radio is off, or it is not here
	AdviceCorrectList               // the row was corrected: correct the list
	AdviceSensors                   // flow and return may be swapped
	AdviceSame                      // compare the displays of two meters
	AdviceDueDate                   // have its due date set
	AdviceUnit                      // its unit, or the value of a pulse, may have been changed
	AdviceSensor                    // compare with what the sensor measures
	AdviceCounts                    // see whether it counts
	AdviceInterference              // something disturbs its telegrams, or the receiver does
	AdviceLoss                      // many telegrams are lost
	AdviceCut                       // its telegrams arrive cut off
	AdviceMendKey                   // Verdict.Key says what is wrong with the key
	AdviceMedium                    // compare what the list says with the meter
	AdviceNeighbour                 // compare the number with the meter on the wall
	adviceEnd
)

var adviceWords = [adviceEnd]string{
	"", "status", "add_key", "ask_for_key", "correct_key", "swap_keys", "keep_telegram", "compare_display", "ask_broker", "correct_id", "compare_id",
	"listen_longer", "receiver_away", "go_nearer", "check_receiver", "partial", "clock", "antenna", "unproven", "public_key", "plain",
	"next_telegram", "second_telegram", "receiver_cuts", "cul_cuts", "await_reading", "tell_apart",
	"wait", "wait_slow", "come_back", "nothing_heard", "other_site", "other_mode", "weak_floor", "look_at_meter", "correct_list",
	"sensors", "same", "due_date", "unit", "sensor", "counts", "interference", "loss", "cut", "mend_key", "medium", "neighbour",
}

func (c AdviceCode) String() string { return adviceWords[min(c, adviceEnd-1)] }

// MarshalText writes the code as a word.
func (c AdviceCode) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Advice is something to do about a row. What it is about stands in the
// verdict.
type Advice struct {
	Code   AdviceCode   `json:"code"`
	Status wmbus.Status `json:"-"`
	Medium string       `json:"medium,omitempty"` // of the meter, with AdviceStatus
}

// MarshalJSON adds the word of the status.
func (a Advice) MarshalJSON() ([]byte, error) {
	type plain Advice
	return json.Marshal(struct {
		plain
		Status string `json:"status,omitempty"`
	}{plain(a), statusWord(a.Status, a.Code == AdviceStatus)})
}

// alarmAdvice is what to do about alarms other than a status.
var alarmAdvice = [alarmEnd]AdviceCode{AlarmPartial: AdvicePartial, AlarmClock: AdviceClock, AlarmWeak: AdviceAntenna,
	AlarmUnproven: AdviceUnproven, AlarmPublicKey: AdvicePublicKey, AlarmPlain: AdvicePlain,
	AlarmColdFlow: AdviceSensors, AlarmSame: AdviceSame, AlarmMedium: AdviceMedium, AlarmNeighbour: AdviceNeighbour, AlarmDueDate: AdviceDueDate,
	AlarmInterference: AdviceInterference, AlarmLoss: AdviceLoss, AlarmCut: AdviceCut}

// advice is what to do about a row, the most urgent first: a fire or a burst
// pipe does not wait. Other alarms wait until the failure is resolved.
func (r *Row) advice(v *Verdict, own AdviceCode) (out []Advice) {
	medium := r.Medium
	if r.Reading != nil {
		medium = r.Reading.Medium
	}
	for _, a := range v.Alarms {
		if a.Code == AlarmStatus {
			out = append(out, Advice{Code: AdviceStatus, Status: a.Status, Medium: medium})
		}
	}
	if own != AdviceNone {
		out = append(out, Advice{Code: own})
	} else if v.Code.fine() || r.Reading != nil {
		for _, a := range v.Alarms {
			if code := alarmAdvice[a.Code]; code != AdviceNone {
				out = append(out, Advice{Code: code})
			}
		}
	}
	if r.Correction != nil {
		out = append(out, Advice{Code: AdviceCorrectList})
	}
	if r.KeyFound && own != r.keyAdvice() {
		out = append(out, Advice{Code: r.keyAdvice()})
	}
	return out
}
