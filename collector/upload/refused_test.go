package upload_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/collector/upload/brokertest"
	"earshot/device/mqttconn"
)

// judge is a hook that decides on every message.
type judge struct {
	mqtt.HookBase
	// verdict is nil to accept; a packets.Code goes into the PUBACK, any
	// other error closes the connection.
	verdict func(payload string) error

	mu   sync.Mutex
	seen []string
}

func (*judge) ID() string           { return "judge" }
func (*judge) Provides(b byte) bool { return b == mqtt.OnPublish }

func (j *judge) OnPublish(cl *mqtt.Client, p packets.Packet) (packets.Packet, error) {
	j.mu.Lock()
	j.seen = append(j.seen, string(p.Payload))
	j.mu.Unlock()
	err := j.verdict(string(p.Payload))
	if err != nil && !errors.As(err, new(packets.Code)) {
		cl.Stop(err)
		return p, packets.ErrRejectPacket
	}
	return p, err
}

// times returns how often a message that contains the text was seen.
func (j *judge) times(text string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for _, s := range j.seen {
		if strings.Contains(s, text) {
			n++
		}
	}
	return n
}

func judged(t testing.TB, verdict func(payload string) error) (*broker.Broker, *judge) {
	j := &judge{verdict: verdict}
	b, err := broker.Start(j)
	return inside(t, b, err), j
}

// about returns a verdict on the messages that contain the text.
func about(text string, verdict error) func(string) error {
	return func(payload string) error {
		if strings.Contains(payload, text) {
			return verdict
		}
		return nil
	}
}

func TestRefusedIsSetAside(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code  packets.Code
		says  string
		times int
	}{
		{code: packets.ErrNotAuthorized, says: "not authorised (reason code 0x87", times: 1},
		{code: packets.ErrTopicNameInvalid, says: "does not accept the topic (reason code 0x90", times: 1},
		{code: packets.ErrPacketTooLarge, says: "larger than it accepts (reason code 0x95", times: 1},
		{code: packets.ErrPayloadFormatInvalid, says: "payload format (reason code 0x99", times: 1},
		{code: packets.ErrUnspecifiedError, says: "gives no reason (reason code 0x80", times: 4},
		{code: packets.ErrImplementationSpecificError, says: "implementation-specific error (reason code 0x83", times: 4},
		{code: packets.Code{Code: 0xF0, Reason: "moon phase"}, says: "unknown reason code (reason code 0xF0", times: 4},
	} {
		t.Run(c.code.Reason, func(t *testing.T) {
			t.Parallel()
			if c.code == packets.ErrImplementationSpecificError {
				c.code.Reason = "\x1b[2Jno" // ErrRejectPacket itself means silence to mochi
			}
			b, j := judged(t, about(`"seq":5,`, c.code))
			o, r := fill(50), newRecord(t)
			u, _ := run(t, upload.Config{Broker: b.URL()}, o, r)
			left, err := u.Flush(within(t, patience))
			if left != 1 || err != nil {
				t.Fatalf("%d messages remain, %v; want the refused one", left, err)
			}
			if got := r.seqs(); len(got) != 49 || slices.Contains(got, 5) {
				t.Errorf("delivered %v", got)
			}
			refused := r.refused[5]
			if !errors.Is(refused, upload.ErrRefused) || len(r.refused) != 1 {
				t.Fatalf("refused: %v", r.refused)
			}
			sentence(t, refused)
			for _, want := range []string{c.says, "meter 10000005", "earshot/test/10000005/reading", b.URL().String()} {
				if !strings.Contains(refused.Error(), want) {
					t.Errorf("%q does not say %q", refused, want)
				}
			}
			if n := j.times(`"seq":5,`); n != c.times {
				t.Errorf("it was sent %d times, want %d", n, c.times)
			}
			if got := u.Counts(); got.Refused != 1 || got.Delivered != 49 || got.Resent != c.times-1 {
				t.Errorf("counts %+v", got)
			}
		})
	}
}

func TestQuotaIsWaitedFor(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var first time.Time
	seen := 0
	b, _ := judged(t, func(string) error {
		mu.Lock()
		defer mu.Unlock()
		if seen++; seen == 6 {
			first = time.Now()
		}
		if seen >= 6 && time.Since(first) < 300*time.Millisecond {
			return packets.ErrQuotaExceeded
		}
		return nil
	})
	sub := brokertest.Subscribe(t, b.Addr(), "earshot/#")
	o, r := fill(300), newRecord(t)
	u, _ := run(t, upload.Config{Broker: b.URL(), RetryMin: 40 * time.Millisecond}, o, r)
	if left, err := u.Flush(within(t, patience)); left != 0 || err != nil {
		t.Fatalf("%d messages remain, %v", left, err)
	}
	sub.Wait(300)
	if len(r.refused) != 0 || len(r.held) == 0 || !errors.Is(r.held[0], upload.ErrHeld) {
		t.Fatalf("refused %v, held %v", r.refused, r.held)
	}
	sentence(t, r.held[0])
	if most := 300 + 5*64; seen > most { // pauses of 40, 80, 160, 320 ms
		t.Errorf("%d messages were sent, want at most %d: it does not pause", seen, most)
	}
	if len(r.down) != 0 {
		t.Errorf("down %v: a quota is no reason to hang up", r.down)
	}
}

func TestHangingUpOnOneMessageDoesNotBlockTheOthers(t *testing.T) {
	t.Parallel()
	// As brokers do that do not say what they dislike.
	b, _ := judged(t, about(`"seq":5,`, io.ErrClosedPipe))
	o, r := fill(50), newRecord(t)
	u, _ := run(t, upload.Config{Broker: b.URL(), RetryMin: time.Millisecond, RetryMax: time.Millisecond}, o, r)
	r.waitDelivered(49)
	if left, err := u.Flush(within(t, 20*time.Millisecond)); left != 1 || err != nil {
		t.Errorf("%d messages remain, %v", left, err)
	}
	// It may recover: the message goes on being tried.
	o.add(5)
	u.Wake()
	r.waitDelivered(54)
	if got := r.seqs(); slices.Contains(got, 5) || len(r.refused) != 0 {
		t.Errorf("delivered %v, refused %v", got, r.refused)
	}
}

func TestSilenceOnOneMessageDoesNotBlockTheOthers(t *testing.T) {
	t.Parallel()
	b, _ := judged(t, about(`"seq":5,`, packets.ErrRejectPacket)) // no PUBACK at all
	o, r := fill(50), newRecord(t)
	run(t, upload.Config{Broker: b.URL(), AckTimeout: 500 * time.Millisecond}, o, r)
	r.waitDelivered(49)
	r.wait("the silence to be told", r.isDown(upload.ErrSilent))
	if got := r.seqs(); slices.Contains(got, 5) {
		t.Errorf("delivered %v", got)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	b, err := broker.Start(&doorman{login: func(p packets.Packet) bool {
		return string(p.Connect.Username) == "fitter" && string(p.Connect.Password) == "s3cret"
	}})
	b = inside(t, b, err)
	for _, c := range []struct {
		user, password string
		ok             bool
	}{{user: "fitter", password: "s3cret", ok: true}, {user: "fitter", password: "wr0ng", ok: false}, {user: "", password: "", ok: false}} {
		o, r := fill(1), newRecord(t)
		u, stop := run(t, upload.Config{Broker: b.URL(), User: c.user, Password: mqttconn.NewPassword(c.password)}, o, r)
		if c.ok {
			r.waitDelivered(1)
			stop()
			continue
		}
		r.wait("the rejection", r.isDown(mqttconn.ErrRejected))
		err := u.Await(within(t, time.Millisecond))
		stop()
		if !errors.Is(err, mqttconn.ErrRejected) || !strings.Contains(err.Error(), "wrong user name or password") {
			t.Errorf("%q: %v", c.user, err)
		}
		if strings.Contains(err.Error(), "wr0ng") {
			t.Errorf("the password shows in %v", err)
		}
		sentence(t, err)
	}
}

// doorman is a hook that answers a login with a reason code, before the one
// that lets everybody in is asked.
type doorman struct {
	mqtt.HookBase
	login func(packets.Packet) bool
}

func (*doorman) ID() string           { return "doorman" }
func (*doorman) Provides(b byte) bool { return b == mqtt.OnConnect }

func (d *doorman) OnConnect(cl *mqtt.Client, p packets.Packet) error {
	if d.login(p) {
		return nil
	}
	_ = cl.WritePacket(packets.Packet{
		FixedHeader: packets.FixedHeader{Type: packets.Connack}, ReasonCode: packets.ErrBadUsernameOrPassword.Code,
	})
	return packets.ErrBadUsernameOrPassword
}
