package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"earshot/assets"
	"earshot/collector/forward"
	"earshot/collector/upload/brokertest"
	"earshot/device/replay"
)

// gateway is `earshot forward` at work.
type gateway struct {
	cmd    *exec.Cmd
	events *json.Decoder
	errs   bytes.Buffer
}

func startGateway(t *testing.T, name, receiver, broker string, args ...string) *gateway {
	t.Helper()
	return newGateway(name, receiver, broker, args...).start(t)
}

func newGateway(name, receiver, broker string, args ...string) *gateway {
	g := &gateway{cmd: exec.Command("/proc/self/exe", append([]string{
		"forward", "--json", "--gateway", name, "--receiver", receiver, "--mqtt", broker, "--every", "200ms"}, args...)...)}
	g.cmd.Args[0] = "earshot" // as which the test binary is the program
	g.cmd.Stderr = &g.errs
	return g
}

func (g *gateway) start(t *testing.T) *gateway {
	t.Helper()
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	g.events = json.NewDecoder(out)
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if g.cmd.ProcessState == nil { // the test gave up
			_ = g.cmd.Process.Kill()
			_ = g.cmd.Wait()
		}
	})
	return g
}

// tells waits until it tells of something.
func (g *gateway) tells(t *testing.T, kind forward.Kind) forward.Event {
	t.Helper()
	giveUp := time.AfterFunc(time.Minute, func() { _ = g.cmd.Process.Kill() })
	defer giveUp.Stop()
	for {
		var ev forward.Event
		if err := g.events.Decode(&ev); err != nil {
			t.Fatalf("no event %s: %v; %s", kind, err, g.errs.String())
		}
		if ev.Kind == kind {
			return ev
		}
	}
}

// ended waits for the end and returns the counts that were told last.
func (g *gateway) ended(t *testing.T) (forward.Counts, int) {
	t.Helper()
	last := g.tells(t, forward.KindEnded)
	_ = g.cmd.Wait()
	return *last.Counts, g.cmd.ProcessState.ExitCode()
}

// recordings are the demo's building as two gateways hear it, the one in the
// attic 20 dB worse.
func recordings(t *testing.T, dir string) (cellar, attic string, telegrams int) {
	t.Helper()
	frames, err := replay.Read(bytes.NewReader(assets.DemoRecording()))
	if err != nil {
		t.Fatal(err)
	}
	var texts [2]bytes.Buffer
	for i := range texts {
		w := replay.NewWriter(&texts[i])
		for _, f := range frames {
			f.RSSI.Value -= int16(20 * i)
			if err := w.Write(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	cellar, attic = filepath.Join(dir, "cellar.jsonl"), filepath.Join(dir, "attic.jsonl")
	for path, text := range map[string][]byte{cellar: texts[0].Bytes(), attic: texts[1].Bytes(), filepath.Join(dir, "meters.csv"): assets.DemoMeters()} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cellar, attic, len(frames)
}

// TestSlowTwoGatewaysCommissionABuilding has two gateways forward what they hear of
// the demo's building, and one collector hear both. The broker restarts in the
// middle.
func TestSlowTwoGatewaysCommissionABuilding(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cellar, attic, telegrams := recordings(t, dir)
	list := filepath.Join(dir, "meters.csv")

	want := map[string]string{}
	startHeadless(t, "--site", list, "--receiver", cellar+":replay", "--speed", "10", "--timeout", "60s", "--store", filepath.Join(dir, "other.db")).each(t, func(l told) {
		for _, row := range l.Rows {
			if row.Telegrams > 0 {
				want[row.Meter] = row.Verdict
			}
		}
	})

	m := brokertest.StartMosquitto(t, brokertest.Persistent...)
	run := startHeadless(t, "--site", list, "--receiver", m.URL().String()+"/earshot/+/frames", "--timeout", "20s", "--store", filepath.Join(dir, "site.db"))
	var gateways []*gateway
	restarted := false
	got, heard, signal := map[string]string{}, map[string]int{}, map[string]int{}
	run.each(t, func(l told) {
		switch l.Event {
		case "receiver_up":
			for i, recording := range []string{cellar, attic} {
				if len(gateways) < 2 {
					gateways = append(gateways, startGateway(t, []string{"cellar", "attic"}[i], recording+":replay", m.URL().String(), "--speed", "6"))
				}
			}
		case "heard", "heard_also", "unlisted_heard":
			heard[l.Receiver]++
			signal[l.Receiver] += l.RSSI
			if !restarted && heard["cellar"] == telegrams/3 {
				restarted = true
				m.Stop()
				m.Start()
			}
		}
		for _, row := range l.Rows {
			got[row.Meter] = row.Verdict
		}
	})
	for _, g := range gateways {
		c, code := g.ended(t)
		if want := (forward.Counts{Heard: telegrams, Forwarded: telegrams}); c != want || code != 0 {
			t.Errorf("forwarded %+v with exit code %d, want %+v", c, code, want)
		}
	}
	for meter, verdict := range want {
		if got[meter] != verdict {
			t.Errorf("%s is %q, with a receiver of its own %q", meter, got[meter], verdict)
		}
	}
	// Every telegram of each gateway came, once, with its own signal.
	if heard["cellar"] != telegrams || heard["attic"] != telegrams || len(heard) != 2 {
		t.Errorf("heard %v, want %d by each", heard, telegrams)
	}
	if signal["attic"] != signal["cellar"]-20*telegrams {
		t.Errorf("dBm in all %v, want the attic's 20 a telegram lower", signal)
	}
	if len(want) < 40 {
		t.Errorf("only %d meters were heard", len(want))
	}
}

// TestGatewayIsKilled: the broker says that it is offline. Asked to end, it says
// so itself, and waits for the broker no longer than the grace.
func TestGatewayIsKilled(t *testing.T) {
	t.Parallel()
	m := brokertest.StartMosquitto(t)
	statuses := make(chan string, 1000)
	brokertest.Subscribe(t, m.Addr(), "earshot/cellar/status", func(p *paho.Publish) {
		var s struct{ Reason string }
		if err := json.Unmarshal(p.Payload, &s); err != nil {
			t.Error(err)
		}
		statuses <- s.Reason
	})
	wait := func(want string) {
		t.Helper()
		for late := time.After(time.Minute); ; {
			select {
			case got := <-statuses:
				if got == want {
					return
				}
			case <-late:
				t.Fatalf("the status is never %q", want)
			}
		}
	}
	udp := "udp-listen://127.0.0.1:0"
	killed := startGateway(t, "cellar", udp, m.URL().String())
	wait("running")
	_ = killed.cmd.Process.Kill()
	_ = killed.cmd.Wait()
	wait("connection lost")

	asked := startGateway(t, "cellar", udp, m.URL().String())
	wait("running")
	_ = asked.cmd.Process.Signal(syscall.SIGTERM)
	if _, code := asked.ended(t); code != 0 {
		t.Errorf("exit code %d; %s", code, asked.errs.String())
	}
	wait("ended")

	nobody := fmt.Sprintf("mqtt://127.0.0.1:%d", brokertest.FreePort(t))
	path := filepath.Join(t.TempDir(), "t.txt")
	if err := os.WriteFile(path, []byte("1244AE0C7856341201078C2027780B13436587\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	alone := startGateway(t, "cellar", path+":hexline", nobody, "--grace", "100ms")
	alone.tells(t, forward.KindProgress)
	_ = alone.cmd.Process.Signal(syscall.SIGTERM)
	if c, code := alone.ended(t); code != exitNotDelivered || c.Waiting != 1 {
		t.Errorf("exit code %d, %+v; %s", code, c, alone.errs.String())
	}
}

// TestGatewaysOverTLS hears with a receiver behind TLS what another gateway
// publishes over TLS.
func TestGatewaysOverTLS(t *testing.T) {
	t.Parallel()
	office := brokertest.NewAuthority(t)
	office.Issue("broker", brokertest.BrokerCertificate(), time.Hour)
	port := strconv.Itoa(brokertest.FreePort(t))
	m := brokertest.StartMosquitto(t, office.Listener(port, "broker")...)
	secure := "mqtts://127.0.0.1:" + port
	sub := brokertest.Subscribe(t, m.Addr(), "earshot/cellar/frames")
	sub.WaitSubscribed(1)

	cellar := newGateway("cellar", secure+"/earshot/attic/frames", m.URL().String())
	cellar.cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+office.Path("ca.pem"))
	cellar.start(t).tells(t, forward.KindReceiverUp)
	path := filepath.Join(t.TempDir(), "t.txt")
	if err := os.WriteFile(path, []byte("1244AE0C7856341201078C2027780B13436587\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	attic := startGateway(t, "attic", path+":hexline", secure, "--mqtt-ca", office.Path("ca.pem"))
	if c, code := attic.ended(t); code != 0 || c.Forwarded != 1 {
		t.Errorf("exit code %d, %+v; %s", code, c, attic.errs.String())
	}
	sub.Wait(1)

	unverified := startGateway(t, "unverified", secure+"/earshot/attic/frames", m.URL().String())
	giveUp := time.AfterFunc(time.Minute, func() { _ = unverified.cmd.Process.Kill() })
	defer giveUp.Stop()
	_ = unverified.cmd.Wait()
	if code := unverified.cmd.ProcessState.ExitCode(); code != exitNoReceiver || !strings.Contains(unverified.errs.String(), "comes from an authority that is not known here: add the authority's certificate to those of the system, or name its file in the environment variable SSL_CERT_FILE") {
		t.Errorf("exit code %d; %s", code, unverified.errs.String())
	}
}
