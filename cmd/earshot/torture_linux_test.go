package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"earshot/assets"
	"earshot/collector/upload/brokertest"
	"earshot/device/mqttconn"
)

// What TestTorture does; make torture does more of it.
var (
	kills = flag.Int("kills", 6, "how often TestTorture kills the program in its mode kill")
	runs  = flag.Int("runs", 1, "how often TestTorture runs each of its other modes")
	mode  = flag.String("mode", "", "the only mode that TestTorture runs (default: all)")
)

// tortures are the modes of TestTorture. A mode other than kill is one run, with
// a store of its own.
var tortures = []struct {
	name string
	run  func(t *testing.T, dice *rand.Rand)
}{
	{"kill", tortureByKilling},
	{"symlink", tortureBySymlink},
	{"hardlink", tortureByHardLink},
	{"blocked-stdout", tortureBlockedOutput},
	{"full-disk", tortureFullDisk},
	{"muted-broker", tortureMutedBroker},
	{"slow-exit", tortureSlowExit},
}

// TestTorture does to the program what happens to it in the field, in each mode:
// nothing that it had shown as stored or delivered is lost.
func TestTorture(t *testing.T) {
	t.Parallel()
	known := false
	for _, torture := range tortures {
		if *mode != "" && *mode != torture.name {
			continue
		}
		known = true
		times := *runs
		if torture.name == "kill" {
			times = 1 // it counts its kills
		}
		t.Run(torture.name, func(t *testing.T) {
			for range times {
				seed := uint64(time.Now().UnixNano())
				t.Logf("seed %d", seed)
				torture.run(t, rand.New(rand.NewPCG(seed, 0)))
			}
		})
	}
	if !known {
		t.Errorf("there is no mode %q", *mode)
	}
}

// killsACampaign is after how many kills a campaign may end and is compared
// with an undisturbed one.
const killsACampaign = 20

// shown is what the program has told, over all its lives, of one campaign.
type shown struct {
	telegrams int            // stored
	stored    map[string]int // readings of each meter
	delivered map[string]int // … at the broker
	verdicts  map[string]string
	inMemory  bool // the file of the store could not be used at the start
}

func (s *shown) read(line []byte) {
	var ev struct {
		Event     string `json:"event"`
		Telegrams int    `json:"telegrams"`
		Meters    any    `json:"meters"`
		Lasting   bool   `json:"lasting"`
		Rows      []struct{ Meter, Verdict string }
	}
	if json.Unmarshal(line, &ev) != nil {
		return // cut by the kill
	}
	refs, _ := ev.Meters.([]any)
	for _, ref := range refs {
		switch ev.Event {
		case "stored":
			s.stored[ref.(string)]++
		case "delivered":
			s.delivered[ref.(string)]++
		}
	}
	switch ev.Event {
	case "store_failed":
		s.inMemory = s.inMemory || ev.Lasting
	case "stored":
		s.telegrams += ev.Telegrams
	case "summary":
		for _, row := range ev.Rows {
			s.verdicts[row.Meter] = row.Verdict
		}
	}
}

// received is a reading by its meter and the time at which it was received.
type received struct {
	Meter string    `json:"meter"`
	Time  time.Time `json:"time"`
}

// consumer is what a subscriber has of one campaign.
type consumer struct {
	mu  sync.Mutex
	ids map[string]received // by message id
}

func (c *consumer) take(p *paho.Publish) {
	var r received
	if json.Unmarshal(p.Payload, &r) != nil || p.Properties == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids[p.Properties.User.Get(mqttconn.PropertyMessageID)] = r
}

// tortured is one store and what belongs to it.
type tortured struct {
	t      *testing.T
	dir    string
	broker *brokertest.Mosquitto
	more   []string // flags of live
}

func (c *tortured) path(name string) string { return filepath.Join(c.dir, name) }

// command is a run of the program with a store and a broker.
func (c *tortured) command(store, broker string, more ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", append([]string{"run", "--headless", "--json", "--site", c.path("meters.csv"), "--receiver", c.path("building.jsonl") + ":replay",
		"--speed", "20", "--store", c.path(store), "--mqtt", broker}, more...)...)
	cmd.Args[0] = "earshot" // as which the test binary is the program
	return cmd
}

// live runs the program until it ends, or is killed after a while where that
// is not 0.
func (c *tortured) live(s *shown, kill time.Duration) {
	c.t.Helper()
	cmd := c.command("site.db", c.broker.URL().String(), c.more...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	if kill > 0 {
		defer time.AfterFunc(kill, func() { _ = cmd.Process.Kill() }).Stop()
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break // what is cut off was not shown
		}
		s.read(line)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 1 && (kill == 0 || code != -1) {
		c.t.Fatalf("exit code %d: %s", code, errs.String())
	}
}

// ask runs another command of the program, which has to succeed.
func (c *tortured) ask(args ...string) []byte {
	c.t.Helper()
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Args[0] = "earshot"
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("earshot %v: %v\n%s", args, err, out)
	}
	return out
}

// check compares what was shown with what is there.
func (c *tortured) check(s *shown, got *consumer) {
	c.t.Helper()
	c.ask("store", "check", c.path("site.db"))
	stored := map[string]bool{} // meter and time
	each := map[string]int{}
	telegrams := 0
	for line := range bytes.Lines(c.ask("store", "export", "--format", "jsonl", c.path("site.db"))) {
		var entry struct {
			Kind string
			received
		}
		if err := json.Unmarshal(line, &entry); err != nil {
			c.t.Fatalf("%v: %s", err, line)
		}
		if entry.Kind == "telegram" {
			telegrams++
			each[entry.Meter]++
			stored[fmt.Sprint(entry.Meter, entry.Time.UnixNano())] = true
		}
	}
	if telegrams < s.telegrams {
		c.t.Errorf("%d telegrams were shown as stored, %d are there", s.telegrams, telegrams)
	}
	got.mu.Lock()
	defer got.mu.Unlock()
	arrived := map[string]int{}
	for id, r := range got.ids {
		arrived[r.Meter]++
		if !stored[fmt.Sprint(r.Meter, r.Time.UnixNano())] {
			c.t.Errorf("message %s was delivered, its telegram of %s at %v is not in the store", id, r.Meter, r.Time)
		}
	}
	for meter, n := range s.stored {
		if each[meter] < n {
			c.t.Errorf("%s: %d readings were shown as stored, %d telegrams are there", meter, n, each[meter])
		}
	}
	for meter, n := range s.delivered {
		if arrived[meter] < n {
			c.t.Errorf("%s: %d readings were shown as delivered, %d messages have arrived", meter, n, arrived[meter])
		}
	}
}

// tortureByKilling kills the program at random moments of its campaigns. Whatever it
// had shown as stored is in its store, what it had shown as delivered is at a
// subscriber, nothing was delivered that is not stored, and when it may end at
// last, its verdicts are those of a campaign that nobody disturbed.
func tortureByKilling(t *testing.T, dice *rand.Rand) {
	undisturbed := newTortured(t)
	want := undisturbed.new()
	undisturbed.live(want, 0)
	for left := *kills; left > 0; left -= killsACampaign {
		c := newTortured(t)
		got := &consumer{ids: map[string]received{}}
		brokertest.Subscribe(t, c.broker.Addr(), "earshot/+/+/reading", got.take)
		s := c.new()
		for range min(left, killsACampaign) {
			c.live(s, time.Duration(dice.Int64N(int64(2500*time.Millisecond))))
			if s.telegrams > 0 { // before, it may have no store yet
				c.ask("store", "check", c.path("site.db"))
			}
		}
		c.live(s, 0)
		c.settle(s, got)
		c.check(s, got)
		for meter, verdict := range want.verdicts {
			if s.verdicts[meter] != verdict {
				t.Errorf("%s is %q, undisturbed %q", meter, s.verdicts[meter], verdict)
			}
		}
	}
}

func newTortured(t *testing.T) *tortured { return newTorturedIn(t, t.TempDir()) }

func newTorturedIn(t *testing.T, dir string) *tortured {
	t.Helper()
	c := &tortured{t: t, dir: dir, broker: brokertest.StartMosquitto(t)}
	for name, content := range map[string][]byte{"meters.csv": assets.DemoMeters(), "building.jsonl": assets.DemoRecording()} {
		if err := os.WriteFile(c.path(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c *tortured) new() *shown {
	return &shown{stored: map[string]int{}, delivered: map[string]int{}, verdicts: map[string]string{}}
}

// settle waits until the subscriber has what the broker acknowledged.
func (c *tortured) settle(s *shown, got *consumer) {
	deadline := time.Now().Add(10 * time.Second)
	want := 0
	for _, n := range s.delivered {
		want += n
	}
	for time.Now().Before(deadline) {
		got.mu.Lock()
		n := len(got.ids)
		got.mu.Unlock()
		if n >= want {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
}
