package dongle_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
)

func TestTelegramsWhileAsking(t *testing.T) {
	t.Parallel()
	for _, chunk := range []int{0, 1, 3} {
		synctest.Test(t, func(t *testing.T) {
			one, wantOne := telegram(1)
			two, wantTwo := telegram(2)
			s := devicetest.NewScript(chunk, func(request []byte) []byte {
				return slices.Concat([]byte("noise"), one, answer('?', "of no request"), two, answers("1")(request))
			})
			r := open(t, family(), s)
			l := devicetest.Listen(t, r)
			synctest.Wait()
			wantFrames(t, &l.Sink, wantOne, wantTwo, wantOne, wantTwo) // of Probe and Tune
			if err := r.Tune(t.Context(), both[2]); err != nil {
				t.Fatal(err)
			}
			s.Say(one)
			synctest.Wait()
			frames := l.Frames()
			if len(frames) != 7 || frames[6].Mode != "T1" || frames[0].Mode != "" || frames[6].Receiver != "ttyUSB0" || frames[6].Time.IsZero() {
				t.Errorf("frames %+v, want 7, the last one T1", frames)
			}
			wantErr(t, "Receive", l.Stop(), context.Canceled)
		})
	}
}

func TestNoiseIsToldNotTooOften(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(0, answers("1"))
		l := devicetest.Listen(t, open(t, family(), s))
		for range 38 { // 19 s
			s.Say([]byte("noise"))
			time.Sleep(500 * time.Millisecond)
		}
		if got := l.Troubles(); len(got) != 2 || !strings.Contains(got[0].Error(), "ttyUSB0: skipped 5 bytes") || !strings.Contains(got[1].Error(), "ttyUSB0: skipped 95 bytes") {
			t.Errorf("19 s of noise: %v, want it told twice", got)
		}
		time.Sleep(15 * time.Second)
		if got := l.Troubles(); len(got) != 3 || !strings.Contains(got[2].Error(), " 90 bytes") {
			t.Errorf("after the noise: %v, want the rest told", got)
		}
		_ = l.Stop()
	})
}

func TestHalfAMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(0, answers("1"))
		l := devicetest.Listen(t, open(t, family(), s))
		raw, want := telegram(1)
		// One announces 255 bytes and stops; a good one and the beginning of
		// the next are in what came of it.
		s.Say(slices.Concat([]byte{'D', 255}, raw, raw[:4]))
		time.Sleep(400 * time.Millisecond)
		wantFrames(t, &l.Sink)
		time.Sleep(400 * time.Millisecond)
		wantFrames(t, &l.Sink, want)
		s.Say(raw)
		time.Sleep(time.Millisecond)
		wantFrames(t, &l.Sink, want, want)
		_ = l.Stop()
		if got := l.Troubles(); len(got) != 1 {
			t.Errorf("troubles %v, want one about what was skipped", got)
		}
	})
}

// TestStopped stops the program, as a busy machine or a laptop's lid does, while
// half a telegram is read and its other half waits in the port.
func TestStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(0, answers("1"))
		r := open(t, family(), s)
		raw, want := telegram(1)
		var sink devicetest.Sink
		sink.OnFrame = func(n int) {
			if n == 1 {
				s.Say(raw[4:])
				time.Sleep(time.Minute)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Receive(ctx, &sink) }()
		s.Say(slices.Concat(raw, raw[:4]))
		time.Sleep(2 * time.Minute)
		wantFrames(t, &sink, want, want)
		if got := sink.Troubles(); len(got) != 0 {
			t.Errorf("troubles %v, want none", got)
		}
		cancel()
		<-ended
	})
}

// TestBusyMachine has this program stand still in the middle of a message, for
// longer than half a message is kept, while the rest of it waits at the port.
func TestBusyMachine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(0, answers("1"))
		raw, want := telegram(1)
		f := family()
		f.New = func() dongle.Protocol { return &standing{toy: toy{sets: both}, say: func() { s.Say(raw[4:]) }} }
		l := devicetest.Listen(t, open(t, f, s))
		s.Say(raw[:4])
		time.Sleep(8 * time.Second)
		wantFrames(t, &l.Sink, want)
		_ = l.Stop()
	})
}

// TestLateAtTheAnswer has this program stand still until the time for an answer
// is over, while the answer waits at the port.
func TestLateAtTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(0, func(request []byte) []byte {
			time.Sleep(5 * time.Second) // in Write, so that no read waits
			return answers("1")(request)
		})
		f := family()
		f.New = func() dongle.Protocol { return &late{toy{sets: both}} }
		_ = open(t, f, s)
	})
}

// late is a toy that sends, stands still, and then waits for the answer.
type late struct{ toy }

func (p *late) Probe(ctx context.Context, l *dongle.Link) (dongle.Identity, error) {
	if err := l.Send([]byte("P")); err != nil {
		return dongle.Identity{}, err
	}
	m, err := l.Await(ctx, 0, func(m dongle.Message) bool { return m.ID == 'P' })
	return dongle.Identity{Serial: string(m.Body)}, err
}

// standing is a toy that stands still when it has half a message.
type standing struct {
	toy
	say func()
}

func (s *standing) Decode(b []byte) (dongle.Message, int) {
	m, used := s.toy.Decode(b)
	if used == 0 && s.say != nil {
		time.Sleep(5 * time.Second)
		s.say()
		s.say = nil
	}
	return m, used
}

// TestEndless feeds the beginning of a message that never ends: the buffer is
// bounded and nothing hangs.
func TestEndless(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(0, answers("1"))
		r := open(t, family(), s)
		l := devicetest.Listen(t, r)
		s.Say([]byte(strings.Repeat("X\xff", 1<<16)))
		raw, want := telegram(1)
		time.Sleep(time.Second)
		s.Say(raw)
		time.Sleep(time.Second)
		wantFrames(t, &l.Sink, want)
		if r.Dropped() == 0 {
			t.Error("telegrams that arrived broken are not counted")
		}
		_ = l.Stop()
	})
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var silent atomic.Bool
		s := devicetest.NewScript(0, func(request []byte) []byte {
			if silent.Load() {
				return nil
			}
			return answers("1")(request)
		})
		l := devicetest.Listen(t, open(t, family(), s))
		raw, _ := telegram(1)
		for range 10 {
			time.Sleep(5 * time.Second)
			s.Say(raw)
		}
		if got := written(s); slices.Contains(got, "H") {
			t.Errorf("a dongle that hears is asked for a sign of life: %q", got)
		}
		time.Sleep(35 * time.Second)
		if got := count(written(s), "H"); got != 3 {
			t.Errorf("%d heartbeats in 35 quiet seconds, want 3", got)
		}
		synctest.Wait()
		silent.Store(true)
		died := time.Now()
		wantErr(t, "Receive", l.Wait(), device.ErrGone, "ttyUSB0", "no longer answers")
		if took := time.Since(died); took > 12*time.Second {
			t.Errorf("noticed after %v, want within a heartbeat and two answers' time", took)
		}
		if got := count(written(s), "H"); got != 5 {
			t.Errorf("%d heartbeats, want that it was asked twice", got)
		}
	})
}

func count(all []string, what string) int {
	n := 0
	for _, s := range all {
		if s == what {
			n++
		}
	}
	return n
}

func TestTuneAndReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(0, answers("1"))
		r := open(t, family(), s)
		l := devicetest.Listen(t, r)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := r.Tune(ctx, both[3]); err != nil {
			t.Fatal(err)
		}
		wantErr(t, "Tune", r.Tune(ctx, []device.LinkMode{"S1", "T1"}), device.ErrUnsupported, "S1+T1")
		if err := r.Reset(ctx); err != nil {
			t.Fatal(err)
		}
		if got := written(s); !slices.Equal(got[1:], []string{"M[C1 T1]", "M[S1]", "R", "M[S1]"}) {
			t.Errorf("requests %q: after the reset it was not set as before", got)
		}
		if got := r.Info().Modes; !slices.Equal(got, both[3]) {
			t.Errorf("it listens to %v", got)
		}
		wantErr(t, "Receive", l.Stop(), context.Canceled)
		wantErr(t, "Tune after the end", r.Tune(ctx, both[0]), device.ErrGone)
	})
}

func TestTuneOfAClosedDongle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(t, family(), devicetest.NewScript(0, answers("1")))
		tuned := make(chan error)
		go func() { tuned <- r.Tune(t.Context(), both[0]) }() // nobody receives
		synctest.Wait()
		_ = r.Close()
		wantErr(t, "Tune", <-tuned, device.ErrGone)
	})
}

// TestStopAtAnyPoint cancels and closes a Receive after every step of time:
// while it waits, hears, beats and is tuned.
func TestStopAtAnyPoint(t *testing.T) {
	t.Parallel()
	for after := time.Duration(0); after < 13*time.Second; after += 130 * time.Millisecond {
		for _, byClose := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				s := devicetest.NewScript(0, func(request []byte) []byte {
					if request[0] == 'H' {
						return nil // twice 300 ms, from 10 s on
					}
					return answers("1")(request)
				})
				r := open(t, family(), s)
				raw, _ := telegram(1)
				s.Say(raw)
				l := devicetest.Listen(t, r)
				time.Sleep(after)
				asked := make(chan error, 1)
				go func() { asked <- r.Reset(t.Context()) }()
				stop, want := l.Stop, context.Canceled
				if byClose {
					stop, want = l.Wait, device.ErrEnd
					for range 2 {
						if err := r.Close(); err != nil {
							t.Errorf("Close: %v", err)
						}
					}
				}
				if err := stop(); after < 10*time.Second {
					wantErr(t, "Receive", err, want)
				}
				<-asked // and does not hang
			})
		}
	}
}

func TestLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(0, answers("1"))
		l := devicetest.Listen(t, open(t, family(), s))
		synctest.Wait()
		_ = s.Close() // not by us
		wantErr(t, "Receive", l.Wait(), device.ErrGone, "ttyUSB0", "plug it in again")
	})
}
