package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"earshot/assets"
	"earshot/device"
	"earshot/device/dongletest"
	"earshot/device/replay"
)

// told is what the test reads of an event in JSON.
type told struct {
	Event     string        `json:"event"`
	Receiver  string        `json:"receiver"`
	Meter     string        `json:"meter"`
	Count     int           `json:"count"`
	RSSI      int           `json:"rssi_dbm"`
	Was       string        `json:"was"`
	Telegrams int           `json:"telegrams"`
	More      int           `json:"more"`
	Away      time.Duration `json:"away_ns"`
	Rows      []struct {
		Meter     string `json:"meter"`
		Verdict   string `json:"verdict"`
		Telegrams int    `json:"telegrams"`
	} `json:"rows"`
}

// headlessRun is the program at work, event by event.
type headlessRun struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	errs  bytes.Buffer
}

func startHeadless(t testing.TB, args ...string) *headlessRun {
	t.Helper()
	return startHeadlessAs(t, func(*exec.Cmd) {}, append([]string{"run", "--headless", "--json"}, args...)...)
}

// startHeadlessAs starts the program with all its arguments, as the user that
// who sets.
func startHeadlessAs(t testing.TB, who func(*exec.Cmd), args ...string) *headlessRun {
	t.Helper()
	r := &headlessRun{cmd: exec.Command("/proc/self/exe", args...)}
	who(r.cmd)
	r.cmd.Args[0] = "earshot" // as which the test binary is the program
	r.cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+t.TempDir())
	r.cmd.Stderr = &r.errs
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.lines = bufio.NewScanner(out)
	r.lines.Buffer(nil, 64<<20) // a summary has every meter
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return r
}

// each calls see with every event, then waits for the program's end.
func (r *headlessRun) each(t *testing.T, see func(told)) (code int) {
	t.Helper()
	for r.lines.Scan() {
		var l told
		if err := json.Unmarshal(r.lines.Bytes(), &l); err != nil {
			t.Fatalf("%v: %s", err, r.lines.Bytes())
		}
		see(l)
	}
	var exit *exec.ExitError
	if err := r.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return r.cmd.ProcessState.ExitCode()
}

// both hands what is on the air to both dongles.
type both []*dongletest.Dongle

func (b both) Trouble(error) {}
func (b both) Frame(f device.Frame) {
	for _, d := range b {
		d.Send(f)
	}
}

// pull unplugs a dongle after 5 s, and plugs it in as another port after 5 more.
func pull(t *testing.T, d *dongletest.Dongle, port string) {
	<-time.After(5 * time.Second)
	d.Unplug()
	<-time.After(5 * time.Second)
	if err := d.Replug(port); err != nil {
		t.Error(err)
	}
}

// checkStore runs earshot store check.
func checkStore(t *testing.T, list, store string) {
	t.Helper()
	check := exec.Command("/proc/self/exe", "store", "check", "--site", list, store)
	check.Args[0] = "earshot"
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("store check: %v\n%s", err, out)
	}
}

// TestSlowOneOfTwoDonglesIsPulled commissions the demo's building with two dongles
// of different families, found by themselves. One is pulled for five seconds
// and comes back under another name.
func TestSlowOneOfTwoDonglesIsPulled(t *testing.T) {
	t.Parallel()
	d := newPortDir(t)
	imst := d.plug("ttyUSB0", dongletest.IM871A, dongletest.Settings{Serial: "12345678"})
	amber := d.plug("ttyUSB1", dongletest.AMB8465, dongletest.Settings{})
	dir := t.TempDir()
	list, store, recording := filepath.Join(dir, "meters.csv"), filepath.Join(dir, "site.db"), filepath.Join(dir, "building.jsonl")
	for path, content := range map[string][]byte{list: assets.DemoMeters(), recording: assets.DemoRecording()} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	want := map[string]string{}
	startHeadless(t, "--site", list, "--receiver", recording+":replay", "--speed", "10", "--store", filepath.Join(dir, "other.db")).each(t, func(l told) {
		for _, row := range l.Rows {
			want[row.Meter] = row.Verdict
		}
	})

	const speed = 2 // of the building: 15 s instead of 30
	var air sync.WaitGroup
	defer air.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	onAir := func() {
		building, err := replay.New("building", bytes.NewReader(assets.DemoRecording()), device.Options{Speed: speed})
		if err != nil {
			t.Error(err)
			return
		}
		air.Go(func() { _ = building.Receive(ctx, both{imst, amber}) })
		air.Go(func() { pull(t, imst, "ttyUSB2") })
	}
	got := map[string]string{}
	heard := map[string]int{}
	var back []told
	run := startHeadless(t, "--site", list, "--receiver", "auto:c1,t1", "--dongle-path-glob", d.dir+"/tty*", "--timeout", "15s", "--store", store)
	code := run.each(t, func(l told) {
		switch l.Event {
		case "round_started":
			onAir()
		case "receiver_down", "receiver_back":
			back = append(back, l)
		case "receiver_up":
			if l.Was != "" {
				back = append(back, l)
			}
		case "heard", "heard_also":
			heard[l.Receiver]++
		}
		for _, row := range l.Rows {
			got[row.Meter] = row.Verdict
		}
	})
	if code != 1 || len(got) != 48 {
		t.Errorf("exit code %d, %d verdicts; %s", code, len(got), run.errs.String())
	}
	if !maps.Equal(got, want) {
		t.Errorf("verdicts %v, undisturbed %v", got, want)
	}
	if len(back) != 3 || back[0].Receiver != "ttyUSB0" || back[1].Was != "ttyUSB0" || back[1].Receiver != "ttyUSB2" || back[2].Away < 4*time.Second || back[2].Away > time.Minute {
		t.Errorf("the gap: %+v", back)
	}
	if heard["ttyUSB0"] == 0 || heard["ttyUSB2"] == 0 || heard["ttyUSB1"] == 0 {
		t.Errorf("heard %v", heard)
	}
	checkStore(t, list, store)
}
