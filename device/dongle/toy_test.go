package dongle_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
	"earshot/device/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// toy is a protocol as small as can be: D, length, telegram is a telegram, X
// with the same length byte one that arrived broken, A, id, length, content an
// answer; everything else is noise.
type toy struct {
	sets [][]device.LinkMode
}

func (*toy) Decode(b []byte) (dongle.Message, int) {
	if i := slices.IndexFunc(b, func(c byte) bool { return strings.IndexByte("DXA", c) >= 0 }); i != 0 {
		if i < 0 {
			i = len(b)
		}
		return dongle.Message{}, i
	}
	head := 2
	if b[0] == 'A' {
		head = 3
	}
	if len(b) < head || len(b) < head+int(b[head-1]) {
		return dongle.Message{}, 0
	}
	size := head + int(b[head-1])
	switch b[0] {
	case 'D':
		return dongle.Message{Kind: dongle.Telegram, Body: b[head:size], Length: int(b[1])}, size
	case 'X':
		return dongle.Message{Kind: dongle.Broken}, size
	}
	return dongle.Message{Kind: dongle.Answer, ID: int(b[1]), Body: b[head:size]}, size
}

func (t *toy) exchange(ctx context.Context, l *dongle.Link, request string) ([]byte, error) {
	m, err := l.Exchange(ctx, []byte(request), 300*time.Millisecond, func(m dongle.Message) bool { return m.ID == int(request[0]) })
	return m.Body, err
}

func (t *toy) Probe(ctx context.Context, l *dongle.Link) (dongle.Identity, error) {
	serial, err := t.exchange(ctx, l, "P")
	return dongle.Identity{Product: "toy", Serial: string(serial), Firmware: "1.0"}, err
}

func (t *toy) ModeSets() [][]device.LinkMode { return t.sets }

func (t *toy) Tune(ctx context.Context, l *dongle.Link, modes []device.LinkMode) error {
	_, err := t.exchange(ctx, l, fmt.Sprintf("M%v", modes))
	return err
}

func (t *toy) Heartbeat(ctx context.Context, l *dongle.Link) error {
	_, err := t.exchange(ctx, l, "H")
	return err
}

func (t *toy) Reset(ctx context.Context, l *dongle.Link) error {
	_, err := t.exchange(ctx, l, "R")
	return err
}

var both = [][]device.LinkMode{{"C1", "T1"}, {"C1"}, {"T1"}, {"S1"}}

func family() dongle.Family {
	return dongle.Family{
		Name: "toy", Bauds: []int{9600}, USB: []string{"0403:6001"}, Heartbeat: 10 * time.Second, Stale: 500 * time.Millisecond,
		New: func() dongle.Protocol { return &toy{sets: both} },
	}
}

// answers gives each request its answer; what is no key gets none.
func answers(serial string) func([]byte) []byte {
	return func(request []byte) []byte {
		switch request[0] {
		case 'P':
			return answer('P', serial)
		case 'M', 'H', 'R':
			return answer(request[0], "")
		}
		return nil
	}
}

func answer(id byte, content string) []byte {
	return append([]byte{'A', id, byte(len(content))}, content...)
}

// telegram is one as it comes from the port, and as it is handed over.
func telegram(n int) (raw []byte, frame string) {
	body := fmt.Sprintf("telegram%02d", n)
	return append([]byte{'D', byte(len(body))}, body...), string(rune(len(body))) + body
}

func open(t *testing.T, f dongle.Family, s *devicetest.Script, modes ...device.LinkMode) *dongle.Receiver {
	t.Helper()
	r, err := dongle.Open(t.Context(), f, device.Spec{Driver: "toy", Path: "/dev/ttyUSB0", Modes: modes}, options(), s.Open)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func options(ports ...device.Port) device.Options {
	return device.Options{Ports: func() ([]device.Port, error) { return ports, nil }}
}

func wantFrames(t *testing.T, sink *devicetest.Sink, want ...string) {
	t.Helper()
	var got []string
	for _, f := range sink.Frames() {
		got = append(got, string(f.Bytes))
	}
	if !slices.Equal(got, want) {
		t.Errorf("frames %q, want %q", got, want)
	}
}

func written(s *devicetest.Script) []string {
	var out []string
	for _, r := range s.Requests() {
		out = append(out, string(r))
	}
	return out
}

// rack is a machine's serial ports: scripts by path.
type rack struct {
	mu      sync.Mutex
	scripts map[string]*devicetest.Script
	opened  []string
}

func (k *rack) open(path string, baud int) (port.Port, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.opened = append(k.opened, path)
	s := k.scripts[path]
	if s == nil {
		return nil, &port.Problem{Path: path, Cause: "there is no such port", Cure: "plug it in", Kind: fs.ErrNotExist}
	}
	return s.Open(path, baud)
}

func wantErr(t *testing.T, what string, err, want error, words ...string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: %q lacks %q", what, err, w)
		}
	}
}
