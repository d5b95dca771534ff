//go:build linux

package rtlwmbus_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/rtlwmbus"
)

const printed = "T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain

func openChild(t *testing.T, name, command string) (device.Receiver, error) {
	t.Helper()
	r, err := rtlwmbus.Open(t.Context(), devicetest.ParseSpec(t, name), device.Options{Command: command})
	if err == nil {
		t.Cleanup(func() { _ = r.Close() })
	}
	return r, err
}

func TestCommandThatEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		command string
		frames  int
		want    error
		says    string
	}{
		{command: "echo '" + printed + "'; echo 'Signal caught, exiting!' >&2; exit 3", frames: 1, want: device.ErrGone, says: `(exit status 3), its last output was "Signal caught, exiting!"; run the command`},
		{command: "echo a >&2; echo 'No supported devices found.' >&2", frames: 0, want: device.ErrGone, says: "plug it in"},
		{command: "echo 'usb_claim_interface error -6' >&2; exit 1", frames: 0, want: device.ErrGone, says: "rmmod dvb_usb_rtl28xxu"},
		{command: "no-such-program | cat", frames: 0, want: device.ErrUnsupported, says: "is not installed"},
		{command: "(trap '' TERM; exec sleep 300) & echo left >&2; exit 4", frames: 0, want: device.ErrGone, says: `(exit status 4), its last output was "left"`},
		{command: "kill -9 $$", frames: 0, want: device.ErrGone, says: `(signal: killed), its last output was "nothing"`},
	} {
		r, err := openChild(t, "rtlwmbus:t1", c.command)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Info(); got.Name != "rtlwmbus" || fmt.Sprint(got.Modes) != "[T1]" {
			t.Errorf("Info() = %+v", got)
		}
		var sink devicetest.Sink
		err = r.Receive(t.Context(), &sink)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v with %q", c.command, err, c.want, c.says)
		}
		if got := sink.Frames(); len(got) != c.frames {
			t.Errorf("%s: frames %v", c.command, got)
		}
		if err := errors.Join(r.Close(), r.Close()); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}

// runs reports whether a process is there and has not ended: one that nobody
// has waited for yet is no more than a number.
func runs(t *testing.T, pid string) bool {
	t.Helper()
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if errors.Is(err, os.ErrNotExist) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return state[0] != 'Z' && state[0] != 'X'
}

// No process is left of a pipeline, not even one that will not hear.
func TestNoProcessIsLeft(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(context.CancelFunc, device.Receiver){
		"cancel":            func(cancel context.CancelFunc, _ device.Receiver) { cancel() },
		"close":             func(_ context.CancelFunc, r device.Receiver) { _ = r.Close() },
		"cancel, and close": func(cancel context.CancelFunc, r device.Receiver) { cancel(); _ = r.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pids := filepath.Join(t.TempDir(), "pids")
			r, err := openChild(t, "rtlwmbus", "sleep 300 & echo $! >>"+pids+"; (trap '' TERM; sleep 300) & echo $! >>"+pids+
				"; echo $$ >>"+pids+"; echo '"+printed+"'; sleep 300 | cat")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			sink := devicetest.Sink{OnFrame: func(int) { stop(cancel, r) }}
			err = r.Receive(ctx, &sink)
			if !errors.Is(err, context.Canceled) && !errors.Is(err, device.ErrEnd) {
				t.Errorf("Receive ended with %v", err)
			}
			text, err := os.ReadFile(pids)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Fields(string(text))
			if len(got) != 3 {
				t.Fatalf("processes %v", got)
			}
			for _, pid := range got {
				if _, err := strconv.Atoi(pid); err != nil || runs(t, pid) {
					t.Errorf("process %s runs on", pid)
				}
			}
		})
	}
}

// The programs of a pipeline are asked to end before they are made to: a stick
// that is not let go of hangs until it is pulled.
func TestTheStickIsLetGo(t *testing.T) {
	t.Parallel()
	released := filepath.Join(t.TempDir(), "released")
	r, err := openChild(t, "rtlwmbus", "(trap 'echo yes >"+released+"; exit' TERM; echo '"+printed+"'; while :; do sleep 0.05; done) | cat")
	if err != nil {
		t.Fatal(err)
	}
	sink := devicetest.Sink{OnFrame: func(int) { _ = r.Close() }}
	if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrEnd) {
		t.Errorf("Receive ended with %v", err)
	}
	if _, err := os.Stat(released); err != nil {
		t.Errorf("it was not asked to end: %v", err)
	}
}

func TestClosedBeforeReceive(t *testing.T) {
	t.Parallel()
	r, err := openChild(t, "rtlwmbus", "sleep 300")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Receive(t.Context(), &devicetest.Sink{}); !errors.Is(err, device.ErrEnd) {
		t.Errorf("Receive after Close: %v", err)
	}
}

// The default command, with programs that only say how they were called.
func TestDefaultCommand(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	install := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	missing := func(name, says string) {
		t.Helper()
		if _, err := openChild(t, name, ""); !errors.Is(err, device.ErrUnsupported) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want ErrUnsupported with %q", name, err, says)
		}
	}
	missing("rtlwmbus", "rtl_sdr is not installed (Debian and Ubuntu: apt-get install rtl-sdr")
	install("rtl_sdr", `echo "rtl_sdr $*"`)
	missing("rtlwmbus", "rtl_wmbus is not installed")
	install("rtl_wmbus", `read line; echo "$line | rtl_wmbus $*" >&2`)
	missing("rtlwmbus:n1a", "rtl_wmbus decodes S, T and C, not N1a")
	for name, want := range map[string]string{
		"rtlwmbus":                  "rtl_sdr -f 868950000 -s 1600000 - | rtl_wmbus ",
		"rtlwmbus:t1,c1":            "rtl_sdr -f 868950000 -s 1600000 - | rtl_wmbus ",
		"rtlwmbus[0000042]:s1,t1":   "rtl_sdr -d 0000042 -f 868625000 -s 1600000 - | rtl_wmbus -s",
		"rtlwmbus[somewhere_9]:s1m": "rtl_sdr -d somewhere_9 -f 868625000 -s 1600000 - | rtl_wmbus -s",
	} {
		r, err := openChild(t, name, "")
		if err != nil {
			t.Fatal(err)
		}
		err = r.Receive(t.Context(), &devicetest.Sink{})
		if !errors.Is(err, device.ErrGone) || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%s: %v, want it to run %q", name, err, want)
		}
	}
}
