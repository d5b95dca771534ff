package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/replay"
)

var heard = time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)

// recordedFrame is a telegram n seconds after heard.
func recordedFrame(n int) device.Frame {
	at := heard.Add(time.Duration(n) * time.Second)
	return device.Frame{Time: at, AirTime: at, Receiver: "ttyUSB0", Mode: "C1", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -62}, Bytes: devicetest.Unhex(devicetest.PlainB)}
}

// read plays a recording and returns its frames as text, and the troubles.
func read(t *testing.T, path string) ([]string, []error) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	frames, err := replay.Read(bytes.NewReader(text))
	var out []string
	for _, f := range frames {
		out = append(out, fmt.Sprint(f))
	}
	if err == nil {
		return out, nil
	}
	return out, []error{err}
}

func writeFile(t *testing.T, path string, appendTo bool, seconds ...int) {
	t.Helper()
	f, err := replay.Create(path, appendTo)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range seconds {
		if err := f.Frame(recordedFrame(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReplayReadsItAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "air.jsonl")
	writeFile(t, path, false, 0, 1)
	if _, err := replay.Create(path, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a recording was overwritten: %v", err)
	}
	writeFile(t, path, true, 2)
	got, troubles := read(t, path)
	want := []string{fmt.Sprint(recordedFrame(0)), fmt.Sprint(recordedFrame(1)), fmt.Sprint(recordedFrame(2))}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || troubles != nil {
		t.Errorf("read %v, %v\nwant %v", got, troubles, want)
	}
	if _, err := replay.Create(filepath.Join(path, "x"), true); err == nil {
		t.Error("a file within a file was made")
	}
}

// Cut off at any byte, a recording loses its last line and no other, and can be
// appended to.
func TestCutAtAnyByte(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.jsonl")
	writeFile(t, whole, false, 0, 1)
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(text, '\n') + 1
	for cut := first; cut < len(text); cut++ {
		path := filepath.Join(dir, fmt.Sprint(cut))
		if err := os.WriteFile(path, text[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, true, 2)
		got, troubles := read(t, path)
		complete := cut >= len(text)-len(`"}`)-1 // what is missing says nothing
		if n := len(got); n < 2 || got[0] != fmt.Sprint(recordedFrame(0)) || got[n-1] != fmt.Sprint(recordedFrame(2)) || (n == 3) != complete {
			t.Fatalf("cut at %d: %v", cut, got)
		}
		if halved := cut > first+len(`{"`) && !complete; halved != (troubles != nil) {
			t.Errorf("cut at %d: troubles %v", cut, troubles)
		}
	}
}

// fake is a disk that remembers, and may be full.
type fake struct {
	mu    sync.Mutex
	text  bytes.Buffer
	syncs int
	room  int
}

func (f *fake) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(p) > f.room {
		p = p[:f.room]
		n, _ := f.text.Write(p)
		f.room = 0
		return n, syscall.ENOSPC
	}
	f.room -= len(p)
	return f.text.Write(p)
}

func (f *fake) Sync() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.syncs++
	return nil
}

func (f *fake) Close() error { return nil }

func (f *fake) synced() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.syncs
}

func TestOnTheDiskEachSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		disk := &fake{room: 1 << 20}
		r := replay.NewRecorder(replay.NewFile(disk), func(error) {})
		ctx, cancel := context.WithCancel(t.Context())
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		result := make(chan error)
		go func() { result <- r.Run(ctx, ticker.C) }()
		wait := func() { time.Sleep(time.Second); synctest.Wait() } // of the bubble's clock
		for n := range 10 {
			r.Frame(recordedFrame(n))
		}
		if wait(); disk.synced() != 1 || r.Recorded() != 10 {
			t.Errorf("%d syncs, %d recorded; want 1 for all 10", disk.synced(), r.Recorded())
		}
		if wait(); disk.synced() != 1 {
			t.Errorf("%d syncs; want none when nothing was heard", disk.synced())
		}
		r.Frame(recordedFrame(10))
		if wait(); disk.synced() != 2 {
			t.Errorf("%d syncs, want 2", disk.synced())
		}
		for n := range 100 {
			r.Frame(recordedFrame(11 + n))
		}
		cancel()
		if err := <-result; err != nil || r.Recorded() != 111 || disk.synced() != 3 {
			t.Errorf("ended with %v, %d recorded, %d syncs; want everything on the disk", err, r.Recorded(), disk.synced())
		}
	})
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := &fake{room: 200} // one line and a half
	file := replay.NewFile(disk)
	r := replay.NewRecorder(file, func(error) {})
	r.Frame(recordedFrame(0))
	r.Frame(recordedFrame(1))
	err := r.Run(t.Context(), nil)
	if !errors.Is(err, syscall.ENOSPC) || r.Recorded() != 1 {
		t.Errorf("%v, %d recorded", err, r.Recorded())
	}
	disk.room = 1000 // room was made: the next line stands by itself
	if err := file.Frame(recordedFrame(2)); err != nil {
		t.Fatal(err)
	}
	frames, err := replay.Read(&disk.text)
	if len(frames) != 2 || err == nil {
		t.Errorf("%d frames, %v; want the first and the third, and the half line told", len(frames), err)
	}
}

func TestASlowDiskHoldsNobody(t *testing.T) {
	t.Parallel()
	r := replay.NewRecorder(replay.NewFile(&fake{}), func(error) {})
	for range 5000 { // nobody writes
		r.Frame(recordedFrame(0))
	}
	if r.Dropped() == 0 {
		t.Error("nothing was counted")
	}
}
