package brokertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority is a certificate authority that writes into a directory, its own
// certificate as ca.pem.
type Authority struct {
	Dir  string
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority makes an authority for the time of the test.
func NewAuthority(t testing.TB) *Authority {
	a := &Authority{t: t, Dir: t.TempDir()}
	a.cert, a.key = a.Issue("ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, time.Hour)
	return a
}

// Path is where a file of the authority lies.
func (a *Authority) Path(name string) string { return filepath.Join(a.Dir, name) }

// Issue writes name.pem and name.key, valid for so long from now; for a
// negative time it has expired.
func (a *Authority) Issue(name string, template *x509.Certificate, until time.Duration) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber, template.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	template.NotBefore, template.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(until)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.Write(name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	a.Write(name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// Write puts a file next to the certificates.
func (a *Authority) Write(name string, text []byte) {
	a.t.Helper()
	if err := os.WriteFile(a.Path(name), text, 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// BrokerCertificate is the template of a certificate for a broker on the
// loopback interface, or at broker.example.
func BrokerCertificate() *x509.Certificate {
	return &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"broker.example"}}
}

// Listener are the lines with which Mosquitto has another listener, at a port
// of the loopback interface, with the certificate of that name.
func (a *Authority) Listener(port, name string) []string {
	return []string{"listener " + port + " 127.0.0.1", "cafile " + a.Path("ca.pem"), "certfile " + a.Path(name+".pem"), "keyfile " + a.Path(name+".key")}
}
