package collector

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/collector/state"
	"earshot/device"
)

// TestSpans writes message numbers and reads them again, in their order.
func TestSpans(t *testing.T) {
	t.Parallel()
	if got := spans([]int64{1, 2, 3, 7, 9, 10, 4}); got != "1-3,7,9-10,4" {
		t.Errorf("spans %q", got)
	}
	rapid.Check(t, func(r *rapid.T) {
		numbers := rapid.SliceOfN(rapid.Int64Range(1, 40), 1, 50).Draw(r, "numbers")
		runs, n, err := parseSpans(spans(numbers))
		var got []int64
		for _, run := range runs {
			for number := run.first; number <= run.last; number++ {
				got = append(got, number)
			}
		}
		if err != nil || n != int64(len(numbers)) || !slices.Equal(got, numbers) {
			r.Errorf("%v comes back as %d: %v, %v", numbers, n, got, err)
		}
	})
	for _, text := range []string{"", "x", "1-", "3-1", "1-99999999999", "0-9223372036854775807", "-5", "1,,2"} {
		if _, n, err := parseSpans(text); err == nil {
			t.Errorf("%q is read as %d numbers", text, n)
		}
	}
}

// TestEventsComeBackFromTheLog writes every event that is a mark and reads it.
func TestEventsComeBackFromTheLog(t *testing.T) {
	t.Parallel()
	at := after(0)
	for _, ev := range []state.Event{
		state.RoundStarted{At: at, Round: 3, Deadline: noon.Add(time.Minute), Reads: []state.ReadStart{{Ref: first, Until: noon.Add(30 * time.Second)}, {Ref: second, Until: noon.Add(time.Minute)}}},
		state.RoundFinished{At: at, Round: 3, Cause: state.CauseCancelled, Lost: true, Failed: 4},
		state.Failed{At: at, Ref: first, Kind: state.KindUndecodable, Reason: state.Reason{Code: state.ReasonText, Text: "cut off"}, Final: true},
		state.TimedOut{At: at, Ref: first, After: 30 * time.Second},
		state.Cached{At: at, Ref: first, Reading: volume(noon, "6.408")},
		state.ReceiverUp{At: at, Info: device.Info{Name: "ttyUSB1", Driver: "im871a", Serial: "7", Modes: []device.LinkMode{"C1"}}, Was: "ttyUSB0"},
		state.ReceiverDown{At: at, Receiver: "ttyUSB0", Reason: "unplugged", Ended: true},
		state.Refused{At: at, Broker: "b", Ref: first, Reason: state.Reason{Code: state.ReasonText, Text: "quota"}, Reading: noon, Round: 2},
		state.StoreMended{At: at, Since: noon, Lost: 7},
		state.ClockSet{At: at, Back: time.Hour},
		state.CampaignStarted{At: at, Session: state.Session{Campaign: 1, Delivering: true, Queued: 3, Fingerprint: "f", List: []state.ListRow{{Ref: first, Key: "0badcafe"}}}},
		state.CampaignResumed{At: at, Session: state.Session{Campaign: 1, Fingerprint: "f", List: []state.ListRow{{Ref: first, Key: ""}}}, Changed: []string{first}},
		state.CampaignEnded{At: at, Campaign: 1},
	} {
		data, logged := encodeEvent(ev)
		if !logged {
			t.Errorf("%s is not logged", ev.Name())
			continue
		}
		if got, err := decoders[ev.Name()](data); err != nil || !reflect.DeepEqual(got, ev) {
			t.Errorf("%s comes back as\n%+v, %v, want\n%+v", ev.Name(), got, err, ev)
		}
		if _, err := decoders[ev.Name()]([]byte("{")); err == nil {
			t.Errorf("%s: half of it is taken", ev.Name())
		}
	}
}
