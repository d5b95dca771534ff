package upload_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
)

// office is a certificate authority that writes into a directory.
type office struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newOffice(t *testing.T) *office {
	o := &office{t: t, dir: t.TempDir()}
	o.cert, o.key = o.issue("ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, time.Hour)
	return o
}

// path is where a file of the office lies.
func (o *office) path(name string) string { return filepath.Join(o.dir, name) }

// issue writes name.pem and name.key, valid until then from now.
func (o *office) issue(name string, template *x509.Certificate, until time.Duration) (*x509.Certificate, *ecdsa.PrivateKey) {
	o.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	template.SerialNumber, template.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	template.NotBefore, template.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(until)
	parent, signer := o.cert, o.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		o.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		o.t.Fatal(err)
	}
	o.write(name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	o.write(name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		o.t.Fatal(err)
	}
	return cert, key
}

func (o *office) write(name string, text []byte) {
	o.t.Helper()
	if err := os.WriteFile(o.path(name), text, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// broker is the template of a broker's certificate.
func brokerCertificate() *x509.Certificate {
	return &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"broker.example"}}
}

func TestMosquittoTLS(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.issue("broker", brokerCertificate(), time.Hour)
	o.issue("old", brokerCertificate(), -24*time.Hour)
	o.issue("client", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, time.Hour)
	other := newOffice(t)
	other.issue("client", &x509.Certificate{}, time.Hour)
	secure := func(cert string) *brokertest.Mosquitto {
		return brokertest.StartMosquitto(t, "cafile "+o.path("ca.pem"), "certfile "+o.path(cert+".pem"), "keyfile "+o.path(cert+".key"), "require_certificate true")
	}
	good, old := secure("broker"), secure("old")
	for _, c := range []struct {
		name   string
		broker *brokertest.Mosquitto
		files  upload.TLSFiles
		says   string // "" for delivered
	}{
		{"all right", good, upload.TLSFiles{CA: o.path("ca.pem"), Cert: o.path("client.pem"), Key: o.path("client.key")}, ""},
		{"server name", good, upload.TLSFiles{CA: o.path("ca.pem"), Cert: o.path("client.pem"), Key: o.path("client.key"), ServerName: "broker.example"}, ""},
		{"wrong server name", good, upload.TLSFiles{CA: o.path("ca.pem"), ServerName: "other.example"}, "not valid"},
		{"wrong authority", good, upload.TLSFiles{CA: other.path("ca.pem")}, "authority that is not known"},
		{"the system's authorities", good, upload.TLSFiles{}, "authority that is not known"},
		{"expired", old, upload.TLSFiles{CA: o.path("ca.pem")}, "is not valid now (it is from "},
		{"no client certificate", good, upload.TLSFiles{CA: o.path("ca.pem")}, "certificate"},
		{"client of another authority", good, upload.TLSFiles{CA: o.path("ca.pem"), Cert: other.path("client.pem"), Key: other.path("client.key")}, "certificate"},
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

func TestLoadTLSComplains(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.issue("client", &x509.Certificate{}, time.Hour)
	o.issue("old", &x509.Certificate{}, -time.Hour)
	o.issue("other", &x509.Certificate{}, time.Hour)
	o.write("text.pem", []byte("no certificate"))
	if cfg, err := upload.LoadTLS(upload.TLSFiles{}, time.Now()); cfg != nil || err != nil {
		t.Errorf("nothing named: %v, %v", cfg, err)
	}
	for _, c := range []struct {
		files upload.TLSFiles
		says  string
	}{
		{upload.TLSFiles{CA: o.path("none.pem")}, "none.pem cannot be read (no such file or directory)"},
		{upload.TLSFiles{CA: o.path("text.pem")}, "holds no certificate in PEM form"},
		{upload.TLSFiles{CA: o.dir}, "cannot be read"},
		{upload.TLSFiles{Cert: o.path("client.pem")}, "name both or none"},
		{upload.TLSFiles{Key: o.path("client.key")}, "name both or none"},
		{upload.TLSFiles{Cert: o.path("client.pem"), Key: o.path("other.key")}, "cannot be used together"},
		{upload.TLSFiles{Cert: o.path("client.pem"), Key: o.path("none.key")}, "the key file"},
		{upload.TLSFiles{Cert: o.path("old.pem"), Key: o.path("old.key")}, "has expired on"},
	} {
		_, err := upload.LoadTLS(c.files, time.Now())
		if !errors.Is(err, upload.ErrConfig) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.files, err, c.says)
			continue
		}
		sentence(t, err)
	}
	if _, err := upload.LoadTLS(upload.TLSFiles{Cert: o.path("client.pem"), Key: o.path("client.key")}, time.Now().AddDate(-1, 0, 0)); err == nil || !strings.Contains(err.Error(), "is valid from") {
		t.Errorf("a year ago: %v", err)
	}
}
