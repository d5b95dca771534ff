package collector

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"earshot/collector/store"
)

// loggedRound is RoundStarted in the log, with what each meter was given.
type loggedRound struct {
	RoundStarted
	Until []loggedRead `json:"reads"`
}

type loggedRead struct {
	Ref string        `json:"meter"`
	For time.Duration `json:"for_ns"`
}

// loggedRefusal is Refused in the log.
type loggedRefusal struct {
	Refused
	Received time.Time `json:"received"`
	Of       int       `json:"round"`
}

// loggedList is CampaignStarted or CampaignResumed in the log, with the list.
type loggedList[E any] struct {
	Event E         `json:"event"`
	List  []ListRow `json:"list"`
}

// encodeEvent is the data of an event's mark; logged is false for events that
// are not logged, or not as a mark.
func encodeEvent(ev Event) (data []byte, logged bool) {
	switch ev := ev.(type) {
	case RoundStarted:
		out := loggedRound{RoundStarted: ev}
		for _, r := range ev.Reads {
			out.Until = append(out.Until, loggedRead{r.Ref, r.Until.Sub(ev.Time)})
		}
		return mustEncode(out), true
	case Refused:
		return mustEncode(loggedRefusal{ev, ev.Reading, ev.Round}), true
	case CampaignStarted:
		return mustEncode(loggedList[CampaignStarted]{ev, ev.List}), true
	case CampaignResumed:
		return mustEncode(loggedList[CampaignResumed]{ev, ev.List}), true
	case RoundFinished, Failed, TimedOut, Cached, CampaignEnded, StoreMended, ClockSet,
		ReceiverUp, ReceiverDown, ReceiverBack, ReceiverDeaf, ReceiverReset, ReceiverTuned:
		return mustEncode(ev), true
	}
	return nil, false
}

// decoders read what encodeEvent wrote, by the kind of mark.
var decoders = map[string]func([]byte) (Event, error){
	RoundStarted{}.Name(): func(data []byte) (Event, error) {
		var in loggedRound
		err := json.Unmarshal(data, &in)
		for _, r := range in.Until {
			in.Reads = append(in.Reads, ReadStart{Ref: r.Ref, Until: in.Time.Add(r.For)})
		}
		return in.RoundStarted, err
	},
	Refused{}.Name(): func(data []byte) (Event, error) {
		var in loggedRefusal
		err := json.Unmarshal(data, &in)
		in.Reading, in.Round = in.Received, in.Of
		return in.Refused, err
	},
	CampaignStarted{}.Name(): func(data []byte) (Event, error) {
		var in loggedList[CampaignStarted]
		err := json.Unmarshal(data, &in)
		in.Event.List = in.List
		return in.Event, err
	},
	CampaignResumed{}.Name(): func(data []byte) (Event, error) {
		var in loggedList[CampaignResumed]
		err := json.Unmarshal(data, &in)
		in.Event.List = in.List
		return in.Event, err
	},
	RoundFinished{}.Name(): decoder[RoundFinished],
	Failed{}.Name():        decoder[Failed],
	TimedOut{}.Name():      decoder[TimedOut],
	Cached{}.Name():        decoder[Cached],
	CampaignEnded{}.Name(): decoder[CampaignEnded],
	StoreMended{}.Name():   decoder[StoreMended],
	ClockSet{}.Name():      decoder[ClockSet],
	ReceiverUp{}.Name():    decoder[ReceiverUp],
	ReceiverDown{}.Name():  decoder[ReceiverDown],
	ReceiverBack{}.Name():  decoder[ReceiverBack],
	ReceiverDeaf{}.Name():  decoder[ReceiverDeaf],
	ReceiverReset{}.Name(): decoder[ReceiverReset],
	ReceiverTuned{}.Name(): decoder[ReceiverTuned],
	markNoteBefore:         decoder[Noted],
}

// decoder reads an event that is logged as its JSON.
func decoder[E Event](data []byte) (Event, error) {
	var ev E
	err := json.Unmarshal(data, &ev)
	return ev, err
}

func noteBefore(ev Noted) *store.Mark {
	return &store.Mark{Time: ev.Time, Kind: markNoteBefore, Data: mustEncode(ev)}
}

// The data of the marks that are no events.
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

// spans writes numbers in their order, runs of them as "first-last".
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

// maxSpan bounds a run that a log may name.
const maxSpan = 1 << 20

// parseSpans reads what spans wrote.
func parseSpans(text string) ([]int64, error) {
	var out []int64
	for part := range strings.SplitSeq(text, ",") {
		from, to, run := strings.Cut(part, "-")
		first, err := strconv.ParseInt(from, 10, 64)
		last := first
		if err == nil && run {
			last, err = strconv.ParseInt(to, 10, 64)
		}
		if err != nil || last < first || last-first > maxSpan {
			return nil, fmt.Errorf("%q are no message numbers", text)
		}
		for n := first; n <= last; n++ {
			out = append(out, n)
		}
	}
	return out, nil
}

// verdictsMark says what the table of verdicts is.
func verdictsMark(ev Event, rows []*Row) *store.Mark {
	return &store.Mark{Time: ev.When(), Kind: markVerdicts, Data: mustEncode(loggedVerdicts{verdictRules, digest(rows)})}
}

// verdictRules is the number of the rules and words by which verdicts are made:
// tables that other rules made cannot be compared. It grows with each change of
// what verdicts writes. TestVerdictRules finds one of the rules and words here;
// one of what a telegram is decoded to has to be thought of.
const verdictRules = 2

func digest(rows []*Row) string {
	sum := sha256.Sum256(verdicts(rows))
	return hex.EncodeToString(sum[:])
}

// verdicts is the table of verdicts: one line a row, in the order of the list.
func verdicts(rows []*Row) []byte {
	var b []byte
	for _, r := range rows {
		b = fmt.Appendf(b, "%s\t%d\t%v\t%d\t%q\t%q\t%q\t%v\t%d", r.Ref, r.Chain, r.Verdict.Code, r.Verdict.Mark, r.Verdict.Text,
			r.Verdict.Next, r.Alarms, r.Read.Late, len(r.Notes))
		if shown, cached := r.Shown(); shown != nil {
			v, _ := shown.Main()
			b = fmt.Appendf(b, "\t%v\t%s %s\t%s", cached, v, v.Unit, shown.Time.UTC().Format(time.RFC3339Nano))
		}
		b = append(b, '\n')
	}
	return b
}
