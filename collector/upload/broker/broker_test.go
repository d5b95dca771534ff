package broker_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"
	"go.uber.org/goleak"

	"earshot/collector/upload/broker"
	"earshot/collector/upload/brokertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) *broker.Broker {
	t.Helper()
	b, err := broker.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestPassesOnAndCounts(t *testing.T) {
	t.Parallel()
	b := start(t)
	if host, port, err := net.SplitHostPort(b.Addr()); err != nil || host != "127.0.0.1" || port == "0" {
		t.Errorf("address %s", b.Addr())
	}
	if got, want := b.URL().String(), "mqtt://"+b.Addr(); got != want {
		t.Errorf("URL %s, want %s", got, want)
	}
	sub := brokertest.Subscribe(t, b.Addr(), "a/#")
	conn, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	client := paho.NewClient(paho.ClientConfig{Conn: conn})
	if _, err := client.Connect(t.Context(), &paho.Connect{ClientID: "x", KeepAlive: 30, CleanStart: true}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := client.Publish(t.Context(), &paho.Publish{Topic: "a/b", QoS: 1, Payload: []byte("1")}); err != nil {
			t.Fatal(err)
		}
	}
	sub.Wait(1)
	if c := b.Counts(); c.Clients != 2 || c.Received != 3 || c.Dropped != 0 {
		t.Errorf("counts %+v", c)
	}
	if err := client.Disconnect(&paho.Disconnect{}); err != nil {
		t.Error(err)
	}
}

func TestTwoBrokersAtATime(t *testing.T) {
	t.Parallel()
	if a, b := start(t), start(t); a.Addr() == b.Addr() {
		t.Errorf("both at %s", a.Addr())
	}
}

// Closing waits for nobody: neither for one who never says anything nor for
// one who does not read.
func TestCloseCutsOffTheSilent(t *testing.T) {
	t.Parallel()
	b := start(t)
	silent, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	// The broker has let it in once it has let in one who came later.
	brokertest.Subscribe(t, b.Addr(), "#")
	closed := make(chan error, 1)
	go func() { closed <- b.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Close does not end")
	}
	if _, err := silent.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the silent client reads %v", err)
	}
	if _, err := net.Dial("tcp", b.Addr()); err == nil {
		t.Error("the port still answers")
	}
	if err := b.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}
