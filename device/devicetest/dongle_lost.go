package devicetest

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/dongle"
	"earshot/device/dongletest"
)

// reopen finds the dongle again.
func reopen(t *testing.T, rec device.Receiver) device.Receiver {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	again, err := rec.(device.Reopener).Reopen(ctx)
	if err != nil {
		t.Fatalf("Reopen: %v", err)
	}
	t.Cleanup(func() { _ = again.Close() })
	return again
}

// replug pulls the dongle so many times.
func (d Dongle) replug(t *testing.T, times int) {
	r := d.rig(t, nil)
	var rec device.Receiver = r.open(t)
	_ = rec.Close()
	rec = reopen(t, rec)
	for i := range times {
		e := Listen(t, rec)
		r.hears(t, e, i)
		r.emu.Unplug()
		wantErr(t, "Receive after unplugging", e.Wait(), device.ErrGone)
		if err := rec.Close(); err != nil {
			t.Errorf("Close of a lost dongle: %v", err)
		}
		if i == 0 {
			_, err := rec.(device.Reopener).Reopen(t.Context())
			if err == nil {
				t.Fatal("Reopen found a dongle that is not plugged in")
			}
		}
		name := fmt.Sprintf("ttyUSB%d", i%3)
		if err := r.emu.Replug(name); err != nil {
			t.Fatal(err)
		}
		rec = reopen(t, rec)
		if got := rec.Info().Name; got != name {
			t.Fatalf("found as %s, it is %s", got, name)
		}
	}
}

// replugPTY is replug with the system's own ports, which leaves no goroutine
// and no descriptor.
func (d Dongle) replugPTY(t *testing.T) {
	fds := descriptors(t)
	before := goleak.IgnoreCurrent()
	t.Run("cycles", func(t *testing.T) { d.onPTY().replug(t, 4) })
	if err := goleak.Find(before); err != nil {
		t.Errorf("goroutines are left: %v", err)
	}
	if now := descriptors(t); now > fds {
		t.Errorf("%d descriptors are open, before it were %d", now, fds)
	}
}

// descriptors counts the open ones; 0 if the operating system does not show them.
func descriptors(t *testing.T) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	// The runtime opens its own descriptors for waiting with the first file that
	// can be waited for: that has to be before.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_, _ = r.Close(), w.Close()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// decoy plugs another dongle of the family in where the lost one was.
func (d Dongle) decoy(t *testing.T) {
	if d.NoSerial {
		t.Log("the protocol has no serial number")
		return
	}
	r := d.rig(t, nil)
	var rec device.Receiver = r.open(t)
	e := Listen(t, rec)
	r.emu.Unplug()
	wantErr(t, "Receive after unplugging", e.Wait(), device.ErrGone)
	_ = rec.Close()
	old := rec.Info().Name
	other := d.rig(t, func(s *dongletest.Settings) { s.Bus, s.Port, s.Serial = r.settings.Bus, old, "27AABBCC" })
	_, err := rec.(device.Reopener).Reopen(t.Context())
	wantErr(t, "Reopen with another dongle there", err, device.ErrNoAnswer)
	if err := r.emu.Replug("ttyUSB7"); err != nil {
		t.Fatal(err)
	}
	rec = reopen(t, rec)
	if rec.Info().Name != "ttyUSB7" || other.emu.State().Open {
		t.Errorf("found as %+v, it is ttyUSB7; the other one is open: %v", rec.Info(), other.emu.State().Open)
	}
}

// heartbeat hears nothing for a while, then the dongle dies.
func (d Dongle) heartbeat(t *testing.T) {
	d.Family.Heartbeat = 100 * time.Millisecond
	r := d.rig(t, nil)
	e := Listen(t, r.open(t))
	before := r.emu.State().Requests
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(Patience)
	for r.emu.State().Requests < before+3 {
		select {
		case <-ticker.C:
		case <-e.ended:
			t.Fatalf("Receive ended with %v while the dongle lives", e.err)
		case <-deadline:
			t.Fatal("no signs of life are asked for")
		}
	}
	r.hears(t, e, 1)
	r.emu.Set(func(f *dongletest.Faults) { f.Silent = true })
	died := time.Now()
	wantErr(t, "Receive from a dead dongle", e.Wait(), device.ErrGone)
	if took := time.Since(died); took > 5*time.Second {
		t.Errorf("the death was noticed after %v", took)
	} else {
		t.Logf("the death was noticed after %v with a heartbeat of %v", took.Round(time.Millisecond), d.Family.Heartbeat)
	}
}

func (d Dongle) reset(t *testing.T) {
	r := d.rig(t, withFaults(dongletest.Faults{Deaf: true, ResetCures: true}))
	rec := r.open(t)
	e := Listen(t, rec)
	if err := rec.Reset(t.Context()); err != nil {
		t.Fatalf("Reset: %v", err)
	}
	if d.NoReset {
		return
	}
	if r.emu.State().Resets == 0 {
		t.Fatal("the dongle was not reset")
	}
	if set := dongle.Holds([][]device.LinkMode{r.emu.State().Modes}, rec.Info().Modes); set == nil {
		t.Errorf("after the reset it hears %v, not %v", r.emu.State().Modes, rec.Info().Modes)
	}
	r.hears(t, e, 1)
}

func (d Dongle) close(t *testing.T) {
	twice := func(rec device.Receiver) {
		for range 2 {
			if err := rec.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
	}
	r := d.rig(t, nil)
	rec := r.open(t)
	twice(rec)
	wantErr(t, "Receive after Close", Listen(t, rec).Wait(), device.ErrEnd)

	rec = r.open(t)
	e := Listen(t, rec)
	r.hears(t, e, 1)
	twice(rec) // while it waits
	wantErr(t, "Receive, closed while it waits", e.Wait(), device.ErrEnd)
	if err := rec.Tune(t.Context(), rec.ModeSets()[0]); err == nil {
		t.Error("a closed dongle was tuned")
	}

	// In the middle of telegrams.
	rec = r.open(t)
	e = Listen(t, rec)
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				if !r.emu.Send(device.Frame{Bytes: telegram(i, 20)}) {
					time.Sleep(time.Millisecond)
				}
			}
		}
	}()
	e.Until("some telegrams", func(f []device.Frame) bool { return len(f) > 100 })
	twice(rec)
	wantErr(t, "Receive, closed while it hears", e.Wait(), device.ErrEnd)
	close(stop)
	r.emu.Unplug() // what Send waits for
	<-done
}

func (d Dongle) cancelReceive(t *testing.T) {
	r := d.rig(t, nil)
	for _, heard := range []int{0, 1, 5} {
		rec := r.open(t)
		e := Listen(t, rec)
		for i := range heard {
			r.hears(t, e, i)
		}
		wantErr(t, "Receive, cancelled", e.Stop(), context.Canceled)
		_ = rec.Close()
	}
	// In the middle of a request that is not answered.
	rec := r.open(t)
	e := Listen(t, rec)
	r.hears(t, e, 1)
	r.emu.Set(func(f *dongletest.Faults) { f.Silent = true })
	tuned := make(chan error, 1)
	go func() { tuned <- rec.Tune(t.Context(), rec.ModeSets()[0]) }()
	wantErr(t, "Receive, cancelled with a request under way", e.Stop(), context.Canceled)
	select {
	case err := <-tuned:
		if err == nil {
			t.Error("Tune of a silent dongle succeeded")
		}
	case <-time.After(Patience):
		t.Error("Tune still waits after Receive has ended")
	}
}
