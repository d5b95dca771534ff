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
	"earshot/device/mqttconn"
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
		files  mqttconn.TLSFiles
		says   string // "" for delivered
	}{
		{name: "all right", broker: good, files: mqttconn.TLSFiles{CA: o.Path("ca.pem"), Cert: o.Path("client.pem"), Key: o.Path("client.key")}, says: ""},
		{name: "server name", broker: good, files: mqttconn.TLSFiles{CA: o.Path("ca.pem"), Cert: o.Path("client.pem"), Key: o.Path("client.key"), ServerName: "broker.example"}, says: ""},
		{name: "wrong server name", broker: good, files: mqttconn.TLSFiles{CA: o.Path("ca.pem"), ServerName: "other.example"}, says: "not valid"},
		{name: "wrong authority", broker: good, files: mqttconn.TLSFiles{CA: other.Path("ca.pem")}, says: "authority that is not known here: name the file of the authority's certificate with --mqtt-ca"},
		{name: "the system's authorities", broker: good, files: mqttconn.TLSFiles{}, says: "authority that is not known here: name the file of the authority's certificate with --mqtt-ca"},
		{name: "expired", broker: old, files: mqttconn.TLSFiles{CA: o.Path("ca.pem")}, says: "is not valid now (it is from "},
		{name: "no client certificate", broker: good, files: mqttconn.TLSFiles{CA: o.Path("ca.pem")}, says: "certificate"},
		{name: "client of another authority", broker: good, files: mqttconn.TLSFiles{CA: o.Path("ca.pem"), Cert: other.Path("client.pem"), Key: other.Path("client.key")}, says: "certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg, err := mqttconn.LoadTLS(c.files, time.Now())
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
			if err := r.down[0]; !errors.Is(err, mqttconn.ErrRejected) || !strings.Contains(err.Error(), c.says) {
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
	address, err := mqttconn.ParseAddress("wss://127.0.0.1:" + port)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := mqttconn.LoadTLS(mqttconn.TLSFiles{CA: o.Path("ca.pem")}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r := newRecord(t)
	run(t, upload.Config{Broker: address, TLS: cfg}, fill(200), r)
	r.waitDelivered(200)
	sub.Wait(200)

	unverified := newRecord(t)
	run(t, upload.Config{Broker: address}, fill(1), unverified)
	unverified.waitRejected("authority that is not known here: name the file of the authority's certificate with --mqtt-ca")
}
