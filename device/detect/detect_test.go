package detect_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/detect"
	"earshot/device/devicetest"
	"earshot/device/dongle"
	"earshot/device/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// named is a protocol whose dongle answers its own name, and nothing else.
type named string

func (n named) Decode(b []byte) (dongle.Message, int) {
	if !strings.HasPrefix(string(b), string(n)) {
		return dongle.Message{}, min(1, len(b))
	}
	return dongle.Message{Kind: dongle.Answer}, len(b)
}

func (n named) Probe(ctx context.Context, l *dongle.Link) (dongle.Identity, error) {
	_, err := l.Exchange(ctx, []byte(n), 300*time.Millisecond, func(dongle.Message) bool { return true })
	return dongle.Identity{Product: strings.ToUpper(string(n)), Serial: "S-" + string(n)}, err
}

func (named) ModeSets() [][]device.LinkMode { return [][]device.LinkMode{{"C1", "T1"}, {"S1"}} }

func (named) Tune(context.Context, *dongle.Link, []device.LinkMode) error { return errors.New("set") }
func (named) Heartbeat(context.Context, *dongle.Link) error               { return nil }
func (named) Reset(context.Context, *dongle.Link) error                   { return nil }

func family(name string, usb string, sure string, bauds ...int) dongle.Family {
	f := dongle.Family{Name: name, Bauds: bauds, USB: []string{usb}, New: func() dongle.Protocol { return named(name) }}
	if sure != "" {
		f.Sure = []string{sure}
	}
	return f
}

// families in the order and with the speeds of docs/protocol/dongles.md#probing.
func families() []dongle.Family {
	return []dongle.Family{
		family("amber", "0403:6001", "AMBER", 9600, 115200),
		family("imst", "10C4:EA60", "10C4:87ED", 57600),
		family("radiocrafts", "0403:6001", "", 19200),
		family("culfw", "0403:6001", "nanoCUL", 38400, 115200),
		family("xl", "04B4:0003", "iU891A", 115200),
	}
}

// bench is ports where dongles answer at a speed, and a diary of what is sent.
type bench struct {
	dongles map[string]string // path: name@baud
	errs    map[string]error  // path: what Open says

	mu    sync.Mutex
	start time.Time
	diary []string // path name@baud after
	open  map[string]int
	most  int // open at a time
}

func (b *bench) Open(path string, baud int) (port.Port, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.errs[path]; err != nil {
		return nil, err
	}
	b.open[path]++
	if b.open[path] > 1 {
		return nil, fmt.Errorf("%s is open already", path)
	}
	b.most = max(b.most, len(b.open))
	at := baud
	var s *devicetest.Script
	s = devicetest.NewScript(0, func(request []byte) []byte {
		bauds := s.Bauds()
		at = bauds[len(bauds)-1]
		asked := fmt.Sprintf("%s@%d", request, at)
		b.note(path, asked)
		if b.dongles[path] == asked {
			return request
		}
		return nil
	})
	_ = s.SetBaud(baud)
	return closing{s, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.open, path)
	}}, nil
}

type closing struct {
	*devicetest.Script
	closed func()
}

func (c closing) Close() error {
	c.closed()
	return c.Script.Close()
}

func (b *bench) note(path, what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.diary = append(b.diary, fmt.Sprintf("%s %s %v", path, what, time.Since(b.start)))
}

// asked is what was sent at a path, as name@baud.
func (b *bench) asked(path string) []string {
	var out []string
	for _, line := range b.diary {
		if f := strings.Fields(line); f[0] == path {
			out = append(out, f[1])
		}
	}
	return out
}

func find(t *testing.T, b *bench, thorough bool, ports ...device.Port) []detect.Finding {
	t.Helper()
	findings, err := detect.Find(t.Context(), config(b, thorough, ports...))
	if err != nil || len(findings) != len(ports) {
		t.Fatalf("Find: %v, %v", findings, err)
	}
	return findings
}

func config(b *bench, thorough bool, ports ...device.Port) detect.Config {
	b.open, b.start = map[string]int{}, time.Now()
	list := func() ([]device.Port, error) { return ports, nil }
	return detect.Config{Families: families(), Open: b.Open, Thorough: thorough, Options: device.Options{Ports: list}}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	ftdi := device.Port{Path: "p", USB: "0403:6001"}
	for _, c := range []struct {
		name   string
		port   device.Port
		dongle string
		asked  string
		found  string
	}{
		{name: "a bare FTDI, Amber first", port: ftdi, dongle: "culfw@38400", asked: "amber@9600 radiocrafts@19200 culfw@38400", found: "culfw"},
		{name: "named by its strings", port: device.Port{Path: "p", USB: "0403:6001", Manufacturer: "AMBER"}, dongle: "amber@9600", asked: "amber@9600", found: "amber"},
		{name: "its strings lie", port: device.Port{Path: "p", USB: "0403:6001", Manufacturer: "AMBER"}, dongle: "radiocrafts@19200", asked: "amber@9600 radiocrafts@19200", found: "radiocrafts"},
		{name: "a later one by its strings", port: device.Port{Path: "p", USB: "0403:6001", Product: "nanoCUL"}, dongle: "culfw@38400", asked: "culfw@38400", found: "culfw"},
		{name: "these lie too", port: device.Port{Path: "p", USB: "0403:6001", Product: "nanoCUL"}, dongle: "amber@9600", asked: "culfw@38400 amber@9600", found: "amber"},
		{name: "an id of its own", port: device.Port{Path: "p", USB: "10C4:87ED"}, dongle: "imst@57600", asked: "imst@57600", found: "imst"},
		{name: "the XL is never asked elsewhere", port: ftdi, dongle: "", asked: "amber@9600 radiocrafts@19200 culfw@38400 amber@115200 culfw@115200", found: ""},
		{name: "named by its id", port: device.Port{Path: "p", USB: "04B4:0003"}, dongle: "xl@115200", asked: "xl@115200", found: "xl"},
		{name: "no USB device, but named by the user", port: device.Port{Path: "p"}, dongle: "xl@115200", asked: "amber@9600 imst@57600 radiocrafts@19200 culfw@38400 xl@115200", found: "xl"},
		{name: "another speed", port: ftdi, dongle: "amber@115200", asked: "amber@9600 radiocrafts@19200 culfw@38400 amber@115200", found: "amber"},
		{name: "a modem", port: device.Port{Path: "p", USB: "1199:9071"}, dongle: "", asked: "", found: ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := &bench{dongles: map[string]string{"p": c.dongle}}
			f := find(t, b, true, c.port)[0]
			if got := strings.Join(b.asked("p"), " "); got != c.asked || f.Driver != c.found || f.Usable() != (c.found != "") {
				t.Errorf("%s: asked %s, want %s; found %q %v", c.name, got, c.asked, f.Driver, f.Err)
			}
			if c.found == "" && c.asked != "" && !errors.Is(f.Err, device.ErrNoAnswer) || c.asked == "" && (f.Asked || f.Err != nil) {
				t.Errorf("%s: %+v", c.name, f)
			}
			if c.found != "" && (f.Serial != "S-"+c.found || f.Product != strings.ToUpper(c.found) || c.dongle != fmt.Sprintf("%s@%d", c.found, f.Baud)) {
				t.Errorf("%s: found %+v", c.name, f)
			}
		})
	}
}

// TestPauses holds the pause before a lower line speed.
func TestPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{}
		find(t, b, false, device.Port{Path: "p"})
		want := []string{"p amber@9600 0s", "p imst@57600 400ms", "p radiocrafts@19200 1.7s", "p culfw@38400 2.1s", "p xl@115200 2.5s"}
		if !slices.Equal(b.diary, want) {
			t.Errorf("asked %q, want %q", b.diary, want)
		}
	})
}

func TestSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		busy := &port.Problem{Path: "b", Cause: "held by sleep (pid 7)", Cure: "kill 7", Kind: device.ErrBusy}
		b := &bench{dongles: map[string]string{"a": "imst@57600", "c": "culfw@38400"}, errs: map[string]error{"b": busy}}
		got := find(t, b, false, device.Port{Path: "a"}, device.Port{Path: "b"}, device.Port{Path: "c"}, device.Port{Path: "d"})
		if got[0].Driver != "imst" || got[2].Driver != "culfw" || !errors.Is(got[3].Err, device.ErrNoAnswer) {
			t.Errorf("found %+v", got)
		}
		if got[1].Err != busy { // as it is, without the driver that happened to ask first
			t.Errorf("the port that is held: %v", got[1].Err)
		}
		if b.most != 3 {
			t.Errorf("%d ports were asked at a time, want 3", b.most)
		}
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	for after := time.Duration(0); after < 3*time.Second; after += 170 * time.Millisecond {
		synctest.Test(t, func(t *testing.T) {
			b := &bench{}
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			began := time.Now()
			_, err := detect.Find(ctx, config(b, false, device.Port{Path: "a"}, device.Port{Path: "b"}))
			if late := time.Since(began) - after; !errors.Is(err, context.DeadlineExceeded) && after < 2500*time.Millisecond || late > 300*time.Millisecond {
				t.Errorf("cancelled after %v: %v, %v later", after, err, late)
			}
			if len(b.open) != 0 {
				t.Errorf("cancelled after %v: %v are open", after, b.open)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	three := []device.Port{{Path: "a"}, {Path: "b"}, {Path: "c", USB: "0403:6001"}}
	for _, c := range []struct {
		spec    string
		dongles map[string]string
		want    string // the specs
		says    []string
	}{
		{spec: "auto:c1,t1", dongles: map[string]string{"a": "imst@57600", "c": "culfw@38400"}, want: "a:imst[S-imst]:c1,t1 c:culfw[S-culfw]:c1,t1", says: nil},
		{spec: "auto", dongles: map[string]string{"b": "imst@57600"}, want: "b:imst[S-imst]", says: nil},
		{spec: "auto:c1,n1a", dongles: map[string]string{"b": "imst@57600"}, want: "b:imst[S-imst]:c1", says: nil},
		{spec: "auto:n1a", dongles: map[string]string{"b": "imst@57600"}, want: "", says: []string{"b: the IMST receives none"}},
		{spec: "b:auto:s1", dongles: map[string]string{"b": "imst@57600", "c": "amber@9600"}, want: "b:imst[S-imst]:s1", says: nil},
		{spec: "auto", dongles: map[string]string{"c": "amber@115200"}, want: "c:amber[S-amber]", says: nil},
		{spec: "auto", dongles: nil, want: "", says: []string{"a: no answer that amber, imst", "b: no answer", "c: no answer that amber, radiocrafts, culfw would"}},
		{spec: "stdin:auto", dongles: nil, want: "", says: []string{"stdin:hex"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			spec, err := device.ParseSpec(c.spec)
			if err != nil {
				t.Fatal(err)
			}
			got, err := detect.Resolve(t.Context(), config(&bench{dongles: c.dongles}, false, three...), spec)
			var texts []string
			for _, s := range got {
				texts = append(texts, s.String())
			}
			if strings.Join(texts, " ") != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%s: %q, %v; want %s", c.spec, texts, err, c.want)
			}
			for _, says := range c.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%s: %q lacks %q", c.spec, err, says)
				}
			}
		})
	}
}

func TestNothingPluggedIn(t *testing.T) {
	t.Parallel()
	_, err := detect.Resolve(t.Context(), config(&bench{}, false), device.Spec{Driver: "auto"})
	if !errors.Is(err, device.ErrNoAnswer) || !strings.Contains(err.Error(), "no dongle is plugged in") {
		t.Errorf("Resolve: %v", err)
	}
	cfg := config(&bench{}, false)
	cfg.Options.Ports = func() ([]device.Port, error) { return nil, fs.ErrPermission }
	if _, err := detect.Resolve(t.Context(), cfg, device.Spec{Driver: "auto"}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Resolve without a list of ports: %v", err)
	}
}

// TestUSB finds what is no serial port: RTL-SDR sticks and dongles without a driver.
func TestUSB(t *testing.T) {
	t.Parallel()
	if list, err := port.List(); err != nil || slices.ContainsFunc(list, func(p device.Port) bool { return p.USB != "" }) {
		t.Logf("serial ports of this machine: %v, %v", list, err) // they are not touched: nothing opens
	}
	missing := ""
	cfg := detect.Config{
		Families: families(), Open: func(string, int) (port.Port, error) { return nil, &port.Problem{Kind: fs.ErrNotExist} },
		Attached: func() []port.USB {
			return []port.USB{{ID: "1D6B:0002"}, {ID: "10C4:EA60", Product: "CP2102"}, {ID: "0403:6001", Ports: 1}, {ID: "0BDA:2838", Product: "RTL2838"}}
		},
		LookPath: func(name string) (string, error) {
			if name == missing {
				return "", os.ErrNotExist
			}
			return "/usr/bin/" + name, nil
		},
	}
	for _, c := range []struct{ missing, says string }{{"", ""}, {"rtl_sdr", "sudo apt install rtl-sdr"}, {"rtl_wmbus", "github.com/xaelsouth/rtl-wmbus"}} {
		missing = c.missing
		findings, err := detect.Find(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		findings = slices.DeleteFunc(findings, func(f detect.Finding) bool { return f.Port.Path != "" })
		if len(findings) != 2 || findings[0].Usable() || !strings.Contains(findings[0].Err.Error(), "modprobe cp210x") {
			t.Fatalf("found %+v, want the CP2102 without driver and the RTL-SDR", findings)
		}
		rtl := findings[1]
		if rtl.Usable() != (c.says == "") || rtl.Err != nil && !strings.Contains(rtl.Err.Error(), c.says) {
			t.Errorf("without %q: %+v", c.missing, rtl)
		}
		if specs, _ := detect.Specs(findings, []device.LinkMode{"T1"}); c.says == "" && (len(specs) != 1 || specs[0].String() != "rtlwmbus:t1") {
			t.Errorf("the RTL-SDR is named %v", specs)
		}
	}
	missing = ""
	cfg.Attached = func() []port.USB {
		return []port.USB{{ID: "0BDA:2838", SerialNumber: "1"}, {ID: "0BDA:2832", SerialNumber: "2"}}
	}
	findings, err := detect.Find(t.Context(), cfg)
	if specs, _ := detect.Specs(findings, nil); err != nil || fmt.Sprint(specs) != "[rtlwmbus[1] rtlwmbus[2]]" {
		t.Errorf("two RTL-SDR sticks: %v, %v", specs, err)
	}
}
