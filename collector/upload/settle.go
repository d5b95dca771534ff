package upload

import (
	"context"
	"fmt"
	"slices"
	"time"

	"earshot/device/mqttconn"
	"earshot/device/wait"
)

const (
	// maxAttempts is how often a message is sent that the broker refuses
	// without saying whether it may take it later.
	maxAttempts = 4
	// maxHold bounds the pause when the broker asks to wait.
	maxHold = 30 * time.Second
	// recordAfter is how long acknowledgements wait for others, so that the
	// outbox commits them together: a commit costs more than a message.
	recordAfter = 100 * time.Millisecond
	// lastWords is how long recording what the broker acknowledged may take
	// after Run was cancelled.
	lastWords = 2 * time.Second
)

// settler deals with the broker's answers. It belongs to the goroutine of Run.
type settler struct {
	*Uploader
	taken    []Message     // acknowledged by the broker, not recorded yet
	due      time.Time     // when to record; zero if there is nothing
	failing  bool          // the outbox could not record
	attempts map[int64]int // how often a message was refused without a reason
	holds    int           // pauses that the broker asked for, in a row
	held     time.Time     // when the last one ends
}

// run settles until ctx ends.
func (s *settler) run(ctx context.Context) {
	for {
		s.report()
		for _, err := range s.session.takeRemarks() {
			s.observer.Held(err)
		}
		s.settle(ctx, time.Now())
		timer := s.alarm()
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-s.session.progress:
			timer.Stop()
		case now := <-timer.C:
			s.session.giveUp(now, s.cfg.AckTimeout, silentError(s.broker, s.cfg.AckTimeout))
			s.session.missEchoes(now, s.cfg.EchoTimeout)
		}
	}
}

// settle takes the answers that are due, and records what the broker has.
func (s *settler) settle(ctx context.Context, now time.Time) {
	due := !s.due.IsZero() && !now.Before(s.due)
	answers, more := s.session.takeAnswers(due)
	s.sort(answers)
	switch {
	case due:
		s.record(ctx, now)
	case s.due.IsZero() && (more || len(s.taken) > 0):
		s.due = now.Add(recordAfter)
	}
}

// finish records what is still to be recorded, after everything has ended.
func (s *settler) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	s.due = time.Unix(0, 0)
	s.settle(ctx, time.Now())
	s.report()
}

// alarm returns a timer for what is due next: the outbox or the broker.
func (s *settler) alarm() *time.Timer {
	next := s.session.overdue(s.cfg.AckTimeout)
	for _, other := range []time.Time{s.due, s.session.echoDue(s.cfg.EchoTimeout)} {
		if !other.IsZero() && (next.IsZero() || other.Before(next)) {
			next = other
		}
	}
	if next.IsZero() {
		next = time.Now().Add(time.Hour) // nothing is due: look again some time
	}
	return time.NewTimer(time.Until(next))
}

// sort decides what is done with each answer.
func (s *settler) sort(answers []answer) {
	taken, waits := 0, 0
	for _, a := range answers {
		seq, r := a.message.Seq, a.reason()
		if r.MayPass() {
			waits++
		}
		if r.Treatment == mqttconn.TryAgain {
			s.attempts[seq]++
		}
		switch {
		case r.Treatment == mqttconn.Delivered:
			taken++
			s.take(a)
		case r.Treatment == mqttconn.HoldAll, r.Treatment == mqttconn.TryAgain && s.attempts[seq] < maxAttempts:
			s.wait(a)
		default:
			s.refuse(a, r)
		}
	}
	s.session.dealt(len(answers)-taken, waits)
}

// take keeps a message that the broker has, to be recorded.
func (s *settler) take(a answer) {
	s.holds = 0
	delete(s.attempts, a.message.Seq)
	if a.code == mqttconn.CodeNoSubscriber {
		s.count(func(c *Counts) { c.NoSubscriber++ })
	}
	s.taken = append(s.taken, a.message)
}

// wait pauses the sending and then tries the message again.
func (s *settler) wait(a answer) {
	if now := time.Now(); s.held.Before(now) { // a burst of answers is one pause
		s.holds++
		s.held = now.Add(wait.Backoff{First: s.cfg.RetryMin, Most: maxHold}.After(s.holds))
		s.tellHeld(failf(ErrHeld, nil, "the broker %s does not take %s now: %s; sending resumes by itself",
			s.broker, subject(a.message), a.words()))
	}
	s.session.again(a.message, s.held)
}

// refuse sets a message aside.
func (s *settler) refuse(a answer, r mqttconn.Reason) {
	why := a.words()
	what := "the broker " + s.broker + " refuses"
	if a.own {
		why, what = a.text+"; "+r.Advice, "the broker "+s.broker+" would refuse"
	} else if a.unechoed {
		what = "the broker " + s.broker + " drops"
	}
	delete(s.attempts, a.message.Seq)
	s.observer.Refused(a.message, failf(ErrRefused, nil, "%s %s on topic %s: %s", what, subject(a.message), mqttconn.Printable(a.message.Topic), why))
	s.setAside(a.message.Seq) // last: Flush returns when all is reported
	s.settled.give()
}

// record has the outbox commit what the broker has, and then reports it.
func (s *settler) record(ctx context.Context, now time.Time) {
	s.due = time.Time{}
	if len(s.taken) == 0 {
		return
	}
	slices.SortFunc(s.taken, bySeq)
	seqs := make([]int64, len(s.taken))
	for i, m := range s.taken {
		seqs[i] = m.Seq
	}
	s.recording.Store(true)
	defer s.settled.give()
	defer s.recording.Store(false)
	if err := s.outbox.Acknowledge(ctx, now, seqs); err != nil {
		if ctx.Err() == nil && !s.failing {
			s.tellHeld(failf(ErrOutbox, err, "the outbox cannot record that the broker has %d readings (%s): they count as delivered when it can, which is tried again", len(s.taken), mqttconn.Brief(err)))
		}
		s.failing, s.due = true, now.Add(s.cfg.RetryMin)
		return
	}
	s.failing = false
	n := len(s.taken)
	s.count(func(c *Counts) { c.Delivered += n })
	s.observer.Delivered(now, s.taken)
	clear(s.taken) // so that the payloads can go
	s.taken = s.taken[:0]
	s.session.dealt(n, 0)
}

// subject is a message in words: what is no reading names no meter.
func subject(m Message) string {
	if m.Meter == "" {
		return "what is published"
	}
	return "the reading of meter " + m.Meter
}

// tooLarge says why a packet is not sent.
func tooLarge(size, limit int) string {
	return fmt.Sprintf("its packet has %d bytes and the broker takes %d", size, limit)
}
