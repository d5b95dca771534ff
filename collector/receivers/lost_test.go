package receivers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/crash"
	"earshot/device"
	"earshot/device/wait"
)

type lostCase struct {
	name  string
	cfg   Config
	first device.Receiver
	fails error // why it could not be opened at the start
	open  device.Open
	lasts time.Duration // 0: an hour
	want  string
	err   error
	kind  error
}

func lostCases() []lostCase {
	gone, refused := fmt.Errorf("pulled: %w", device.ErrGone), errors.New("refused")
	ends := func(err error) dongle {
		return dongle{hear: func(ctx context.Context, _ func()) error { return errors.Join(wait.For(ctx, time.Second), err) }}
	}
	// opener fails so many times, then opens d, again and again.
	opener := func(failures int, d dongle) device.Open {
		return func(context.Context) (device.Receiver, error) {
			if failures--; failures < 0 {
				return d, nil
			}
			return nil, refused
		}
	}
	return []lostCase{
		{
			name: "back at the third attempt, then at its end", first: ends(gone), open: opener(2, ends(device.ErrEnd)),
			want: "1 lost: pulled: GONE, 2 not opened: refused, 2 not opened: refused, 4 dongle is back as dongle, 6 ended: END", kind: device.ErrEnd,
		},
		{
			name: "an end without an error is a loss", first: ends(nil), open: opener(0, ends(refused)),
			want: "1 lost: GONE, 2 dongle is back as dongle, 2 ended: refused", kind: refused, err: refused,
		},
		{
			name: "it finds itself", first: struct {
				dongle
				device.Reopener
			}{ends(gone), finder{ends(refused)}}, open: opener(1e6, dongle{}),
			want: "1 lost: pulled: GONE, 2 dongle is back as dongle, 2 ended: refused", kind: refused, err: refused,
		},
		{
			name: "given up", cfg: Config{GiveUpAfter: 7 * time.Second}, first: ends(gone), open: opener(1e6, dongle{}),
			want: "1 lost: pulled: GONE, 2 not opened: refused, 2 not opened: refused, 4 not opened: refused, 8 ended: pulled: GONE; given up after 7s: plug it in and start again",
			kind: ErrGivenUp, err: ErrGivenUp,
		},
		{
			name: "looked for as long as it takes", first: ends(gone), open: opener(4, ends(refused)),
			want: "1 lost: pulled: GONE, 2 not opened: refused, 2 not opened: refused, 4 not opened: refused, 8 not opened: refused, 14 dongle is back as dongle, 14 ended: refused",
			kind: refused, err: refused,
		},
		{
			name: "missing at the start", fails: &device.OpenError{Info: device.Info{Name: "ttyUSB1"}, Err: refused}, open: opener(2, ends(device.ErrEnd)),
			want: "0 ttyUSB1 is missing: refused, 0 not opened: refused, 2 not opened: refused, 4 ttyUSB1 is back as dongle, 4 ended: END", kind: device.ErrEnd,
		},
		{
			name: "missing to the end", cfg: Config{GiveUpAfter: 7 * time.Second}, fails: refused, open: opener(1e6, dongle{}),
			want: "0 receiver is missing: refused, 0 not opened: refused, 2 not opened: refused, 4 not opened: refused, 7 ended: refused; given up after 7s: plug it in and start again",
			kind: ErrGivenUp, err: ErrGivenUp,
		},
		{
			name: "cancelled while it is looked for", first: ends(gone), open: opener(1e6, dongle{}), lasts: 2 * time.Second,
			want: "1 lost: pulled: GONE, 2 not opened: refused, 2 ended: <nil>",
		},
	}
}

// TestLostAndFound pulls a receiver: it is looked for with pauses that double, by
// itself if it can, and given up if that is asked for.
func TestLostAndFound(t *testing.T) {
	t.Parallel()
	for _, c := range lostCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(c.lasts, time.Hour))
				defer cancel()
				c.cfg.Now = time.Now
				g := New(c.cfg, []Source{{Receiver: c.first, Open: c.open, Err: c.fails}})
				n := &notes{start: time.Now()}
				var last error
				err := g.Run(ctx, func(int) Observer { return endsWith{n, &last} })
				if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) || !errors.Is(last, c.kind) {
					t.Errorf("Run returned %v, the receiver ended with %v", err, last)
				}
				if errors.Is(last, ErrGivenUp) && errors.Is(last, device.ErrGone) {
					t.Error("one that was given up is still said to be gone: it would be opened again")
				}
				want := strings.NewReplacer("END", device.ErrEnd.Error(), "GONE", device.ErrGone.Error()).Replace(c.want)
				if got := n.text(); got != want {
					t.Errorf("told\n%s, want\n%s", got, want)
				}
			})
		})
	}
}

// TestAllAreClosed: a receiver that was lost is closed before it is opened again,
// and the last one at the end, even if its observer panics.
func TestAllAreClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var order []string
		number := 0
		open := func(context.Context) (device.Receiver, error) {
			number++
			order = append(order, fmt.Sprint("open ", number))
			return logged{number, &order}, nil
		}
		sources, err := Open(t.Context(), []device.Open{open}, 1)
		if err != nil {
			t.Fatal(err)
		}
		err = New(Config{Now: time.Now}, sources).Run(t.Context(), func(int) Observer { return &panicking{notes: &notes{}} })
		if !errors.As(err, new(*crash.Error)) {
			t.Errorf("Run returned %v", err)
		}
		if got := strings.Join(order, ", "); got != "open 1, close 1, open 2, close 2" {
			t.Errorf("%s", got)
		}
	})
}

// logged is a receiver that is lost at once, and notes when it is closed.
type logged struct {
	number int
	order  *[]string
}

func (logged) Info() device.Info                          { return device.Info{Name: "logged"} }
func (logged) Receive(context.Context, device.Sink) error { return device.ErrGone }
func (l logged) Close() error {
	if text := fmt.Sprint("close ", l.number); !slices.Contains(*l.order, text) {
		*l.order = append(*l.order, text)
	}
	return nil
}

// panicking panics when its receiver is back.
type panicking struct{ *notes }

func (*panicking) Up(was string, _ device.Info) {
	if was != "" {
		panic("a mistake")
	}
}

// finder finds a receiver again by itself.
type finder struct{ device.Receiver }

func (f finder) Reopen(context.Context) (device.Receiver, error) { return f.Receiver, nil }

// endsWith keeps the error that a receiver ended with.
type endsWith struct {
	*notes
	err *error
}

func (e endsWith) Ended(err error) {
	*e.err = err
	e.notes.Ended(err)
}
