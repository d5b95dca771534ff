package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/device/replay"
	"earshot/device/simulate"
)

// recorded is a building on disk: its list, and what it sent, with times and as
// bare hex.
type recorded struct {
	dir, list, recording, lines string
	telegrams                   int
}

func recordBuilding(t *testing.T, b *simulate.Building, length time.Duration) recorded {
	t.Helper()
	r := recorded{dir: t.TempDir()}
	r.list, r.recording, r.lines = filepath.Join(r.dir, "list.csv"), filepath.Join(r.dir, "building.jsonl"), filepath.Join(r.dir, "building.txt")
	var list, recording, lines bytes.Buffer
	if err := simulate.WriteList(&list, b.Rows()); err != nil {
		t.Fatal(err)
	}
	w := replay.NewWriter(&recording)
	for f := range b.Telegrams(0, length) {
		f.Receiver = "simulated"
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
		lines.WriteString(hex.EncodeToString(f.Bytes) + "\n")
		r.telegrams++
	}
	for path, content := range map[string][]byte{r.list: list.Bytes(), r.recording: recording.Bytes(), r.lines: lines.Bytes()} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// moments are the times in what is said, also in sentences: "wait until 14:10".
var moments = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]*"|"[a-z_]+_ns":\d+|\b\d\d:\d\d\b`)

// said is what a run says: the lines of all events in their order, without those
// of the store, whose commits take the time they take, and the summary. Times are
// left out.
type said struct{ events, summary string }

func (r recorded) run(t *testing.T, stdin string, args ...string) said {
	t.Helper()
	args = append([]string{"run", "--headless", "--json", "--site", r.list, "--store", filepath.Join(t.TempDir(), "store.db")}, args...)
	run := exec.Command("/proc/self/exe", args...)
	run.Args[0] = "earshot" // as which the test binary is the program
	run.Stdin = strings.NewReader(stdin)
	var errs bytes.Buffer
	run.Stderr = &errs
	out, err := run.Output()
	if code := run.ProcessState.ExitCode(); code != exitPassed && code != exitNotPassed {
		t.Fatalf("%v: exit code %d, %v\n%s", args, code, err, errs.String())
	}
	var s said
	var events strings.Builder
	for line := range strings.Lines(string(out)) {
		var l struct{ Event string }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		switch line = moments.ReplaceAllString(line, `"T"`); l.Event {
		case "stored":
		case "summary":
			s.summary = line
		default:
			events.WriteString(line)
		}
	}
	s.events = events.String()
	return s
}

// difference is the first place in which two texts differ.
func difference(got, want string) string {
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	part := func(s string) string { return s[max(0, min(at, len(s))-200):min(len(s), at+200)] }
	return fmt.Sprintf("byte %d: …%s…\nwant …%s…", at, part(got), part(want))
}

// TestRecordingAtAnySpeed plays a recording in which meters are silent and late,
// and keys are wrong, at several speeds: all that is said is the same.
func TestRecordingAtAnySpeed(t *testing.T) {
	t.Parallel()
	r := recordBuilding(t, simulate.New(7, simulate.Options{Meters: 24, Neighbours: 3, Mishaps: true, Rate: 20}), 6*time.Second)
	var first said
	for _, speed := range []string{"1", "40", "inf", "inf"} {
		now := r.run(t, "", "--receiver", r.recording+":replay", "--speed", speed, "--timeout", "700ms")
		if first == (said{}) {
			first = now
			for _, part := range []string{`"event":"timed_out"`, `"late":true`, `wrong_key`} {
				if !strings.Contains(now.events+now.summary, part) {
					t.Errorf("the recording is too easy, it lacks %s", part)
				}
			}
			continue
		}
		if now.summary != first.summary {
			t.Errorf("at speed %s another summary: %s", speed, difference(now.summary, first.summary))
		}
		if now.events != first.events {
			t.Errorf("at speed %s other events: %s", speed, difference(now.events, first.events))
		}
	}
}

// TestSlowRecordingsAreHeldBack reads 100,000 telegrams of 100 meters as a
// recording, as a file and from standard input, several times: nothing is
// dropped, and what is said is the same. What has no times has other events, but
// the same verdicts and readings.
func TestSlowRecordingsAreHeldBack(t *testing.T) {
	t.Parallel()
	const telegrams, rate = 100_000, 20
	b := simulate.New(11, simulate.Options{Meters: 100, Mishaps: true, Perfect: true, Rate: rate})
	r := recordBuilding(t, b, telegrams/rate*time.Second)
	if r.telegrams < telegrams*9/10 {
		t.Fatalf("only %d telegrams", r.telegrams)
	}
	lines, err := os.ReadFile(r.lines)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, stdin string
		args        []string
	}{
		{name: "recording", args: []string{"--receiver", r.recording + ":replay", "--speed", "inf"}},
		{name: "file", args: []string{"--receiver", r.lines + ":hexline"}},
		{name: "standard input", stdin: string(lines), args: []string{"--receiver", "stdin:hex"}},
	} {
		var first said
		for i := range 3 {
			now := r.run(t, c.stdin, c.args...)
			if want := fmt.Sprintf(`"telegrams":%d`, r.telegrams); !strings.Contains(now.summary, want) || strings.Contains(now.summary, `"dropped"`) {
				t.Errorf("%s: not all of %d telegrams were taken", c.name, r.telegrams)
			}
			if first == (said{}) {
				first = now
			}
			if now != first {
				t.Errorf("%s, run %d: %s", c.name, i+1, difference(now.events+now.summary, first.events+first.summary))
			}
		}
	}
}
