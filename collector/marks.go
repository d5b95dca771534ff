package collector

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/wmbus"
)

// loggedRound is RoundStarted in the log, with the time of each read.
type loggedRound struct {
	state.RoundStarted
	Until []loggedRead `json:"reads"`
}

type loggedRead struct {
	Ref string        `json:"meter"`
	For time.Duration `json:"for_ns"`
}

// loggedRefusal is Refused in the log.
type loggedRefusal struct {
	state.Refused
	Received time.Time `json:"received"`
	Of       int       `json:"round"`
}

// loggedList is CampaignStarted or CampaignResumed in the log, with the list.
type loggedList[E any] struct {
	Event E               `json:"event"`
	List  []state.ListRow `json:"list"`
}

// encodeEvent is the data of an event's mark; logged is false for events that
// are not logged, or not as a mark.
func encodeEvent(ev state.Event) (data []byte, logged bool) {
	switch ev := ev.(type) {
	case state.RoundStarted:
		out := loggedRound{RoundStarted: ev}
		for _, r := range ev.Reads {
			out.Until = append(out.Until, loggedRead{r.Ref, r.Until.Sub(ev.Time)})
		}
		return mustEncode(out), true
	case state.Refused:
		return mustEncode(loggedRefusal{ev, ev.Reading, ev.Round}), true
	case state.CampaignStarted:
		return mustEncode(loggedList[state.CampaignStarted]{ev, ev.List}), true
	case state.CampaignResumed:
		return mustEncode(loggedList[state.CampaignResumed]{ev, ev.List}), true
	case state.RoundFinished, state.Failed, state.KeyFound, state.Recognised, state.TimedOut, state.Cached, state.CampaignEnded, state.StoreMended, state.ClockSet,
		state.ReceiverUp, state.ReceiverDown, state.ReceiverBack, state.ReceiverDeaf, state.ReceiverReset, state.ReceiverTuned,
		state.UnlistedNotStored:
		return mustEncode(ev), true
	}
	return nil, false
}

// decoders read what encodeEvent wrote, by the kind of mark.
var decoders = map[string]func([]byte) (state.Event, error){
	state.RoundStarted{}.Name(): func(data []byte) (state.Event, error) {
		var in loggedRound
		err := json.Unmarshal(data, &in)
		for _, r := range in.Until {
			in.Reads = append(in.Reads, state.ReadStart{Ref: r.Ref, Until: in.Time.Add(r.For)})
		}
		return in.RoundStarted, err
	},
	state.Refused{}.Name(): func(data []byte) (state.Event, error) {
		var in loggedRefusal
		err := json.Unmarshal(data, &in)
		in.Reading, in.Round = in.Received, in.Of
		return in.Refused, err
	},
	state.CampaignStarted{}.Name(): func(data []byte) (state.Event, error) {
		var in loggedList[state.CampaignStarted]
		err := json.Unmarshal(data, &in)
		in.Event.List = in.List
		return in.Event, err
	},
	state.CampaignResumed{}.Name(): func(data []byte) (state.Event, error) {
		var in loggedList[state.CampaignResumed]
		err := json.Unmarshal(data, &in)
		in.Event.List = in.List
		return in.Event, err
	},
	state.Recognised{}.Name(): func(data []byte) (state.Event, error) {
		var in state.Recognised
		err := json.Unmarshal(data, &in)
		if len(in.Proof) > 0 {
			header, _ := wmbus.ParseHeader(in.Proof[0])
			in.Address = header.Meter
		}
		return in, err
	},
	state.KeyFound{}.Name():      decoder[state.KeyFound],
	state.RoundFinished{}.Name(): decoder[state.RoundFinished],
	state.Failed{}.Name():        decoder[state.Failed],
	state.TimedOut{}.Name():      decoder[state.TimedOut],
	state.Cached{}.Name():        decoder[state.Cached],
	state.CampaignEnded{}.Name(): decoder[state.CampaignEnded],
	state.StoreMended{}.Name():   decoder[state.StoreMended],
	state.ClockSet{}.Name():      decoder[state.ClockSet],
	state.ReceiverUp{}.Name():    decoder[state.ReceiverUp],
	state.ReceiverDown{}.Name():  decoder[state.ReceiverDown],
	state.ReceiverBack{}.Name():  decoder[state.ReceiverBack],
	state.ReceiverDeaf{}.Name():  decoder[state.ReceiverDeaf],
	state.ReceiverReset{}.Name(): decoder[state.ReceiverReset],
	state.ReceiverTuned{}.Name(): decoder[state.ReceiverTuned],
	markNoteBefore:               decoder[state.Noted],

	state.UnlistedNotStored{}.Name(): decoder[state.UnlistedNotStored],
}

// decoder reads an event that is logged as its JSON.
func decoder[E state.Event](data []byte) (state.Event, error) {
	var ev E
	err := json.Unmarshal(data, &ev)
	return ev, err
}

func noteBefore(ev state.Noted) *store.Mark {
	return &store.Mark{Time: ev.Time, Kind: markNoteBefore, Data: mustEncode(ev)}
}

// The data of the marks that are not events.
type (
	loggedStored struct {
		To int64 `json:"to"`
	}
	loggedDelivered struct {
		Broker   string `json:"broker"`
		Messages string `json:"messages"` // "1-20,22"
	}
	loggedLost struct {
		Count int `json:"count"`
	}
	loggedVerdicts struct {
		Rules  int    `json:"rules"`
		SHA256 string `json:"sha256"`
	}
)

func (o *owed) mark() *store.Mark {
	m := &store.Mark{Time: o.at.Time, Kind: o.kind}
	switch o.kind {
	case markStored:
		m.Data = mustEncode(loggedStored{o.to})
	case markDelivered:
		m.Data = mustEncode(loggedDelivered{o.broker, spans(o.messages)})
	case markLost:
		m.Data = mustEncode(loggedLost{o.count})
	}
	return m
}

// spans writes numbers in order, runs as "first-last".
func spans(numbers []int64) string {
	var b strings.Builder
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(numbers[i], 10))
		if j > i {
			b.WriteByte('-')
			b.WriteString(strconv.FormatInt(numbers[j], 10))
		}
		i = j + 1
	}
	return b.String()
}

// span is a run of message numbers.
type span struct{ first, last int64 }

// parseSpans reads what spans wrote. It returns runs and how many numbers they
// have, since a damaged log may name any number of them.
func parseSpans(text string) (runs []span, n int64, err error) {
	for part := range strings.SplitSeq(text, ",") {
		from, to, run := strings.Cut(part, "-")
		first, err := strconv.ParseInt(from, 10, 64)
		last := first
		if err == nil && run {
			last, err = strconv.ParseInt(to, 10, 64)
		}
		if err != nil || first < 0 || last < first || last-first > math.MaxInt32 {
			return nil, 0, fmt.Errorf("%.40q are not message numbers", text)
		}
		runs, n = append(runs, span{first, last}), n+(last-first)+1
	}
	return runs, n, nil
}

// verdictsMark is a hash of the table of verdicts.
func verdictsMark(at state.At, s *state.State) *store.Mark {
	return &store.Mark{Time: at.Time, Kind: markVerdicts, Data: mustEncode(loggedVerdicts{state.VerdictRules, s.Digest()})}
}

// mustEncode marshals values of this package's own types. They always have a
// JSON form: the raw values come from wmbus.Value.MarshalJSON.
func mustEncode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("collector: %T cannot be written as JSON: %v", v, err))
	}
	return b
}
