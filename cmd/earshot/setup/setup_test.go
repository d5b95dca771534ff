package setup

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/store"
	"earshot/collector/upload/broker"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/detect"
	"earshot/device/dongle"
	"earshot/tui/setup"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	m := memory{filepath.Join(t.TempDir(), "sites.json")}
	if got := m.sites(); len(got) != 0 {
		t.Errorf("before the first: %v", got)
	}
	for i := range maxSites + 5 {
		list := "/jobs/" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + ".csv"
		if err := m.remember(setup.Site{List: list, Receivers: []string{"mqtt://me:secret@radio/topic"}, Broker: "mqtts://me:secret@host:8883", User: "me"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.remember(setup.Site{List: "/jobs/a.csv", Stay: true}); err != nil {
		t.Fatal(err)
	}
	got := m.sites()
	if len(got) != maxSites || got[0].List != "/jobs/a.csv" || !got[0].Stay || got[1].Broker != "mqtts://host:8883" || got[1].Receivers[0] != "mqtt://radio/topic" || got[1].User != "me" {
		t.Errorf("%d sites, %+v", len(got), got[:2])
	}
	text, err := os.ReadFile(m.path)
	if err != nil || strings.Contains(string(text), "secret") {
		t.Errorf("a password is in the file: %v", err)
	}
	if info, err := os.Stat(m.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, broken := range []string{"", "{", "[1]", "null", `[{"list":""}]`, strings.Repeat(`[`, 2*maxMemory)} {
		if err := os.WriteFile(m.path, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := m.sites(); len(got) != 0 {
			t.Errorf("of a broken file: %v", got)
		}
	}
	if err := m.remember(setup.Site{List: "/jobs/b.csv"}); err != nil || len(m.sites()) != 1 {
		t.Errorf("after a broken file: %v, %v", m.sites(), err)
	}
	if err := (memory{}).remember(setup.Site{}); err == nil {
		t.Error("remembered nowhere")
	}
}

func TestBackend(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"b.csv": "number,place,key\n76348799,A 1 tv,000102030405060708090A0B0C0D0E0F\nabc,A 2,\n", "a.TXT": "x", "notes.doc": "x", ".hidden.csv": "x", "empty.csv": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "b.db")
	b := &backend{Env: Env{Lang: words.English, Store: func(string) (string, error) { return path, nil }}, ctx: t.Context()}
	f, err := b.Folder(dir)
	var names []string
	for _, e := range f.Entries {
		names = append(names, e.Name)
	}
	if err != nil || strings.Join(names, " ") != "sub a.TXT b.csv empty.csv" || !f.Entries[0].Folder {
		t.Errorf("%v, %v", names, err)
	}
	if _, err := b.Folder(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that there is not")
	}
	list := filepath.Join(dir, "b.csv")
	p, err := b.Preview(list)
	if err != nil || p.Meters != 1 || p.Keys != 1 || p.Rejected != 1 || !strings.Contains(p.Text(80), "Refused") || strings.Contains(p.Text(80), "000102") {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{"empty.csv", "none.csv", "sub"} {
		if p, err := b.Preview(filepath.Join(dir, bad)); err == nil || p.Meters != 0 {
			t.Errorf("%s: %+v", bad, p)
		}
	}
	if s, err := b.Standing(list); err != nil || !s.Begun.IsZero() {
		t.Errorf("before the first campaign: %+v, %v", s, err)
	}
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	begun := store.Campaign{Start: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Site: "b"}
	if err := errors.Join(db.Begin(t.Context(), &begun), db.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err := b.Standing(list); err != nil || !s.Begun.Equal(begun.Start) || s.Read != 0 {
		t.Errorf("of an unfinished campaign: %+v, %v", s, err)
	}
}

// stick is a dongle that receives n telegrams, and then nothing.
type stick struct {
	device.Receiver
	n      int
	closed chan struct{}
}

func (s *stick) Receive(ctx context.Context, to device.Sink) error {
	for range s.n {
		to.Frame(device.Frame{})
	}
	<-ctx.Done()
	return ctx.Err()
}

func (s *stick) Close() error { close(s.closed); return nil }

// TestWatcher: what is plugged in appears, is asked once, and is closed when it goes, or
// when the set-up ends.
func TestWatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var ports []device.Port
		plug := func(all ...device.Port) {
			mu.Lock()
			defer mu.Unlock()
			ports = all
		}
		asked := 0
		one := &stick{n: 3, closed: make(chan struct{})}
		w := newWatcher(Watching{
			Ports: func() ([]device.Port, error) {
				mu.Lock()
				defer mu.Unlock()
				return ports, nil
			},
			Find: func(ctx context.Context, p device.Port) detect.Finding {
				mu.Lock()
				asked++
				mu.Unlock()
				f := detect.Finding{Port: p, Asked: true}
				switch p.Path {
				case "/dev/ttyUSB0":
					f.Driver, f.Identified = "im871a", dongle.Identified{Sets: [][]device.LinkMode{{"C1", "T1"}}}
					f.Product = "iM871A"
				case "/dev/ttyUSB1":
					f.Err = errors.New("/dev/ttyUSB1: no permission")
				}
				return f
			},
			Open: func(context.Context, device.Spec) (device.Receiver, error) { return one, nil },
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { w.run(ctx) })
		if got := w.next(nil); len(got) != 0 {
			t.Errorf("nothing is plugged in: %+v", got)
		}
		plug(device.Port{Path: "/dev/ttyUSB0", USB: "10C4:87ED"}, device.Port{Path: "/dev/ttyS0"}, device.Port{Path: "/dev/ttyUSB1", USB: "0403:6001"}, device.Port{Path: "/dev/ttyUSB2", USB: "0403:6001"})
		got := w.next(nil)
		if len(got) != 3 || got[0].What != "iM871A" || got[0].Modes != "C1, T1" || got[0].Telegrams != 3 || got[1].Problem != "/dev/ttyUSB1: no permission" || !strings.Contains(got[2].Problem, "no dongle") {
			t.Errorf("%+v", got)
		}
		time.Sleep(5 * time.Second)
		if asked != 3 {
			t.Errorf("ports were asked %d times", asked)
		}
		plug(device.Port{Path: "/dev/ttyUSB1", USB: "0403:6001"})
		time.Sleep(2 * time.Second)
		if got := w.next(nil); len(got) != 1 {
			t.Errorf("after it was unplugged: %+v", got)
		}
		<-one.closed
		over := make(chan struct{})
		close(over)
		if got := w.next(over); got != nil {
			t.Errorf("after the end: %+v", got)
		}
		cancel()
		running.Wait()
	})
}

func TestTryBroker(t *testing.T) {
	t.Parallel()
	server, err := broker.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	if took, err := tryBroker(t.Context(), setup.Server{Address: server.URL().String()}, time.Now); err != nil || took < 0 {
		t.Errorf("%v, %v", took, err)
	}
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := deaf.Addr().String()
	_ = deaf.Close()
	for _, c := range []struct{ address, want string }{
		{address: "mqtt://" + address, want: "nothing answers"},
		{address: "http://x", want: "http"},
		{address: "", want: ""},
		{address: "mqtt://\x1b[2J", want: ""},
	} {
		_, err := tryBroker(t.Context(), setup.Server{Address: c.address, User: "me"}, time.Now)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.address, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tryBroker(gone, setup.Server{Address: server.URL().String()}, time.Now); err == nil {
		t.Error("it works after it was cancelled")
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	got := strings.Join(Flags(&setup.Choice{
		Site:   setup.Site{List: "/a b.csv", Receivers: []string{"auto:c1", "rtlwmbus"}, Stay: true},
		Server: setup.Server{Address: "mqtt://h", User: "me"}, New: true, SkipBad: true,
	}), "|")
	if got != "--site|/a b.csv|--receiver|auto:c1|--receiver|rtlwmbus|--mqtt|mqtt://h|--mqtt-user|me|--new|--skip-bad-rows|--stay" {
		t.Error(got)
	}
	if got := strings.Join(Flags(&setup.Choice{Site: setup.Site{List: "l"}}), "|"); got != "--site|l|--stay=false" {
		t.Error(got)
	}
}
