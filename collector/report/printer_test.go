package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector"
	"earshot/collector/site"
	"earshot/collector/state"
)

// TestWarningsNeverFallSilent has a broker that refuses a thousand readings, a
// receiver that comes and goes for an hour, and then a store and a broker that fail.
func TestWarningsNeverFallSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		board := collector.NewBoard(state.NewState(site.Site{Name: "cellar"}, true))
		var warned bytes.Buffer
		p := NewPrinter(board.View(), Options{Out: &bytes.Buffer{}, Warn: &warned, ExitCode: func(state.Snapshot) int { return 0 }})
		p.Start()
		at := func() state.At { return state.At{Time: time.Now()} }
		for range 1000 {
			board.Post(state.Refused{At: at(), Broker: "mqtt://a", Ref: "12345678", Reason: state.Reason{Code: state.ReasonRefused, Text: "not authorised"}})
		}
		time.Sleep(time.Minute)
		told := func() string {
			synctest.Wait()
			defer warned.Reset()
			return warned.String()
		}
		if got := told(); strings.Count(got, "\n") != 6 || !strings.HasSuffix(got, "earshot: 12345678: not authorised (994 more like this)\n") {
			t.Errorf("refused a thousand times:\n%s", got)
		}
		for range 3600 {
			board.Post(state.ReceiverDown{At: at(), Receiver: "ttyUSB0", Reason: "it is gone"}, state.ReceiverDown{At: at(), Receiver: "ttyUSB1", Reason: "it is gone"})
			time.Sleep(time.Second)
		}
		got := told()
		for _, name := range []string{"ttyUSB0", "ttyUSB1"} {
			if n := strings.Count(got, name); n < 60 || n > 70 {
				t.Errorf("in an hour %s was named %d times", name, n)
			}
		}
		board.Post(state.StoreFailed{At: at(), Reason: "the disk is full"}, state.BrokerDown{At: at(), Broker: "mqtt://a", Reason: "mqtt://a is away"})
		time.Sleep(time.Second)
		if got := told(); !strings.Contains(got, "earshot: the disk is full\n") || !strings.Contains(got, "earshot: mqtt://a is away\n") {
			t.Errorf("the store and the broker:\n%s", got)
		}
		for i := range 7 {
			board.Post(state.StoreFailed{At: at(), Reason: fmt.Sprintf("the disk is full: %d wait", i)})
		}
		if _, err := p.Finish(); err != nil {
			t.Error(err)
		}
		if got := told(); !strings.Contains(got, "the disk is full: 6 wait (2 more like this)\n") {
			t.Errorf("at the end:\n%s", got)
		}
	})
}
