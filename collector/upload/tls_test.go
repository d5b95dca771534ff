package upload_test

import (
	"crypto/x509"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
)

func TestMosquittoTLS(t *testing.T) {
	t.Parallel()
	o := brokertest.NewAuthority(t)
	o.Issue("broker", brokertest.BrokerCertificate(), time.Hour)
	o.Issue("old", brokertest.BrokerCertificate(), -24*time.Hour)
	o.Issue("client", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, time.Hour)
	other := brokertest.NewAuthority(t)
	other.Issue("client", &x509.Certificate{}, time.Hour)
	secure := func(cert string) *brokertest.Mosquitto {
		return brokertest.StartMosquitto(t, "cafile "+o.Path("ca.pem"), "certfile "+o.Path(cert+".pem"), "keyfile "+o.Path(cert+".key"), "require_certificate true")
	}
	good, old := secure("broker"), secure("old")
	for _, c := range []struct {
		name   string
		broker *brokertest.Mosquitto
		files  upload.TLSFiles
		says   string // "" for delivered
	}{
		{"all right", good, upload.TLSFiles{CA: o.Path("ca.pem"), Cert: o.Path("client.pem"), Key: o.Path("client.key")}, ""},
		{"server name", good, upload.TLSFiles{CA: o.Path("ca.pem"), Cert: o.Path("client.pem"), Key: o.Path("client.key"), ServerName: "broker.example"}, ""},
		{"wrong server name", good, upload.TLSFiles{CA: o.Path("ca.pem"), ServerName: "other.example"}, "not valid"},
		{"wrong authority", good, upload.TLSFiles{CA: other.Path("ca.pem")}, "authority that is not known"},
		{"the system's authorities", good, upload.TLSFiles{}, "authority that is not known"},
		{"expired", old, upload.TLSFiles{CA: o.Path("ca.pem")}, "is not valid now (it is from "},
		{"no client certificate", good, upload.TLSFiles{CA: o.Path("ca.pem")}, "certificate"},
		{"client of another authority", good, upload.TLSFiles{CA: o.Path("ca.pem"), Cert: other.Path("client.pem"), Key: other.Path("client.key")}, "certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg, err := upload.LoadTLS(c.files, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			address := c.broker.URL()
			address.Scheme = "mqtts"
			r := newRecord(t)
			_, stop := run(t, upload.Config{Broker: address, TLS: cfg}, fill(50), r)
			if c.says == "" {
				r.waitDelivered(50)
				return
			}
			r.wait("the rejection", func() bool { return len(r.down) > 0 })
			stop()
			if err := r.down[0]; !errors.Is(err, upload.ErrRejected) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
			sentence(t, r.down[0])
			if len(r.delivered) != 0 {
				t.Errorf("%d delivered", len(r.delivered))
			}
		})
	}
}

func TestMosquittoOverSecureWebSocket(t *testing.T) {
	t.Parallel()
	o := brokertest.NewAuthority(t)
	o.Issue("broker", brokertest.BrokerCertificate(), time.Hour)
	port := strconv.Itoa(brokertest.FreePort(t))
	m := brokertest.StartMosquitto(t, append(o.Listener(port, "broker"), "protocol websockets")...)
	sub := brokertest.Subscribe(t, m.Addr(), "earshot/#")
	address, err := upload.ParseBroker("wss://127.0.0.1:" + port)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := upload.LoadTLS(upload.TLSFiles{CA: o.Path("ca.pem")}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r := newRecord(t)
	run(t, upload.Config{Broker: address, TLS: cfg}, fill(200), r)
	r.waitDelivered(200)
	sub.Wait(200)

	stranger := newRecord(t)
	run(t, upload.Config{Broker: address}, fill(1), stranger)
	stranger.waitRejected("authority that is not known")
}

func TestLoadTLSComplains(t *testing.T) {
	t.Parallel()
	o := brokertest.NewAuthority(t)
	o.Issue("client", &x509.Certificate{}, time.Hour)
	o.Issue("old", &x509.Certificate{}, -time.Hour)
	o.Issue("other", &x509.Certificate{}, time.Hour)
	o.Write("text.pem", []byte("no certificate"))
	if cfg, err := upload.LoadTLS(upload.TLSFiles{}, time.Now()); cfg != nil || err != nil {
		t.Errorf("nothing named: %v, %v", cfg, err)
	}
	for _, c := range []struct {
		files upload.TLSFiles
		says  string
	}{
		{upload.TLSFiles{CA: o.Path("none.pem")}, "none.pem cannot be read (no such file or directory)"},
		{upload.TLSFiles{CA: o.Path("text.pem")}, "holds no certificate in PEM form"},
		{upload.TLSFiles{CA: o.Dir}, "cannot be read"},
		{upload.TLSFiles{Cert: o.Path("client.pem")}, "name both or none"},
		{upload.TLSFiles{Key: o.Path("client.key")}, "name both or none"},
		{upload.TLSFiles{Cert: o.Path("client.pem"), Key: o.Path("other.key")}, "cannot be used together"},
		{upload.TLSFiles{Cert: o.Path("client.pem"), Key: o.Path("none.key")}, "the key file"},
		{upload.TLSFiles{Cert: o.Path("old.pem"), Key: o.Path("old.key")}, "has expired on"},
	} {
		_, err := upload.LoadTLS(c.files, time.Now())
		if !errors.Is(err, upload.ErrConfig) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.files, err, c.says)
			continue
		}
		sentence(t, err)
	}
	if _, err := upload.LoadTLS(upload.TLSFiles{Cert: o.Path("client.pem"), Key: o.Path("client.key")}, time.Now().AddDate(-1, 0, 0)); err == nil || !strings.Contains(err.Error(), "is valid from") {
		t.Errorf("a year ago: %v", err)
	}
}
