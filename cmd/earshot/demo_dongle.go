package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"earshot/device"
	"earshot/device/all"
	"earshot/device/dongle"
	"earshot/device/dongletest"
	"earshot/device/replay"
)

// dongleFlag checks the family of an emulated dongle.
func dongleFlag(name string) error {
	if name == "" || slices.Contains(dongletest.Families(), dongletest.Family(name)) {
		return nil
	}
	return usageError("no emulated dongle %q: choose one of %s", name, familyNames())
}

func familyNames() string {
	var names []string
	for _, f := range dongletest.Families() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// emulated starts an emulated dongle in dir that hears the demo's building,
// and returns how to open it: with the driver that a real one would have. The
// caller closes the dongle.
func emulated(dir, family string, recording []byte, speed float64) (*dongletest.Dongle, device.Open, error) {
	d, err := dongletest.Start(dongletest.Family(family), dongletest.Settings{Dir: dir, Port: "emulated-" + family})
	if err != nil {
		return nil, nil, fmt.Errorf("the demo's dongle: %w", err)
	}
	spec := device.Spec{Driver: family, Path: d.Path(), Modes: []device.LinkMode{"C1", "T1"}}
	open := func(ctx context.Context) (device.Receiver, error) {
		r, err := all.Open(ctx, spec, device.Options{})
		if err != nil {
			return nil, err
		}
		real, ok := r.(*dongle.Receiver)
		if !ok {
			return nil, errors.Join(fmt.Errorf("the demo's dongle is a %T, which cannot be emulated", r), r.Close())
		}
		return &onAir{Receiver: real, dongle: d, recording: recording, speed: speed}, nil
	}
	return d, open, nil
}

// onAir is the driver of an emulated dongle, with a building that begins to
// transmit when it begins to receive.
type onAir struct {
	*dongle.Receiver
	dongle    *dongletest.Dongle
	recording []byte
	speed     float64
}

// Receive implements device.Receiver.
func (r *onAir) Receive(ctx context.Context, sink device.Sink) error {
	recorded, err := replay.Read(bytes.NewReader(r.recording))
	if err != nil {
		return err
	}
	building, err := replay.New("the demo's recording", bytes.NewReader(r.recording), device.Options{Speed: r.speed})
	if err != nil {
		return err
	}
	sink = &oldAir{Sink: sink, began: time.Now(), recorded: recorded[0].AirTime, speed: r.speed}
	playing, cancel := context.WithCancel(ctx)
	var scope sync.WaitGroup
	defer scope.Wait()
	defer cancel()
	scope.Go(func() { _ = building.Receive(playing, antenna{r.dongle, sink}) }) // the recording's end is not reported
	return r.Receiver.Receive(ctx, sink)
}

// antenna is what the emulated dongle hears the recording with.
type antenna struct {
	dongle *dongletest.Dongle
	sink   device.Sink
}

// Frame implements device.Sink.
func (a antenna) Frame(f device.Frame) { a.dongle.Send(f) }

// Trouble implements device.Sink.
func (a antenna) Trouble(err error) { a.sink.Trouble(err) }

// oldAir sets the recorded time of each frame, which is that of the clocks of
// the building's meters.
type oldAir struct {
	device.Sink
	began, recorded time.Time
	speed           float64
}

// Frame implements device.Sink.
func (o *oldAir) Frame(f device.Frame) {
	f.AirTime = o.recorded.Add(time.Duration(float64(f.Time.Sub(o.began)) * o.speed))
	o.Sink.Frame(f)
}
