package receivers

import (
	"errors"
	"fmt"
	"time"

	"earshot/device"
)

// Sink is a sink that is also notified about its receiver. Its methods are
// called from several goroutines.
type Sink interface {
	device.Sink
	// Deaf says that the receiver answers and has heard nothing since a time.
	Deaf(since time.Time, reason string)
	// Hears says that a receiver which was deaf hears again.
	Hears(at time.Time)
	// Restarted says that it was reset, or why it could not be.
	Restarted(why string, err error)
	// Tuned says which link modes it listens to now, or why it could not be tuned.
	Tuned(modes []device.LinkMode, err error)
}

// Observer is a Sink that is also notified when its receiver comes and goes.
// These calls are made one after the other, and not while the receiver
// receives.
type Observer interface {
	Sink
	// Up says that the receiver is about to receive. was is its name before it
	// was lost, or while it was missing, "" at the start.
	Up(was string, info device.Info)
	// Missing says that it could not be opened at the start, and why. That is tried
	// again; Up follows, with its name here as the one before.
	Missing(info device.Info, err error)
	// Lost says that it was lost, by an error that is device.ErrGone, and will be
	// opened again.
	Lost(err error)
	// NotOpened says why an attempt to open it again failed.
	NotOpened(err error)
	// Ended says that it will never receive again, and why: nil if the context has
	// ended, device.ErrEnd, ErrGivenUp, a *crash.Error or an error of the device.
	Ended(err error)
}

// AsTrouble makes an Observer of a plain sink: it reports problems of the
// receiver as trouble. Types that embed it may override methods.
type AsTrouble struct{ device.Sink }

// Deaf does nothing: Restarted follows.
func (AsTrouble) Deaf(time.Time, string) {}

// Hears does nothing: telegrams follow.
func (AsTrouble) Hears(time.Time) {}

// Restarted implements Sink.
func (a AsTrouble) Restarted(why string, err error) {
	if err != nil {
		a.Trouble(fmt.Errorf("%s; resetting it failed: %w", why, err))
		return
	}
	a.Trouble(errors.New(why + "; it was reset"))
}

// Tuned implements Sink.
func (a AsTrouble) Tuned(_ []device.LinkMode, err error) {
	if err != nil {
		a.Trouble(err)
	}
}

// Up implements Observer.
func (a AsTrouble) Up(was string, info device.Info) {
	if was != "" {
		a.Trouble(fmt.Errorf("%s is back", info.Name))
	}
}

// Missing implements Observer.
func (a AsTrouble) Missing(_ device.Info, err error) { a.Trouble(err) }

// Lost implements Observer.
func (a AsTrouble) Lost(err error) { a.Trouble(err) }

// NotOpened does nothing: Up follows.
func (AsTrouble) NotOpened(error) {}

// Ended does nothing: Run returns the error.
func (AsTrouble) Ended(error) {}

// counting counts what a receiver hears on its way to the observer.
type counting struct {
	Observer
	silence *silence
	now     func() time.Time
}

// Frame implements device.Sink.
func (c counting) Frame(f device.Frame) {
	if c.silence.hears(f.Time) {
		c.Observer.Hears(f.Time)
	}
	c.Observer.Frame(f)
}

// Played implements device.Player.
func (c counting) Played(position time.Duration) {
	if p, ok := c.Observer.(device.Player); ok {
		p.Played(position)
	}
}

// Deaf implements Sink. A telegram that comes meanwhile counts.
func (c counting) Deaf(since time.Time, reason string) {
	c.Observer.Deaf(since, reason)
	if !c.silence.deafen(since) {
		c.Observer.Hears(c.now())
	}
}

// Hears implements Sink.
func (c counting) Hears(at time.Time) {
	if c.silence.recover() {
		c.Observer.Hears(at)
	}
}
