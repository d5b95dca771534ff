package mqttconn

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"time"
)

// TLSFiles names the files that a TLS connection needs in addition to the system's
// authorities. Any field may be "".
type TLSFiles struct {
	CA         string // certificates of the authorities to trust, instead of the system's
	Cert, Key  string // this program's own certificate, and its key
	ServerName string // the name in the broker's certificate, if it differs from the host
}

// IsZero reports whether nothing is named.
func (f TLSFiles) IsZero() bool { return f == TLSFiles{} }

// maxPEM is the largest certificate file that is read, in bytes.
const maxPEM = 16 << 20

// LoadTLS reads the files. It returns nil if none is named. now is the time at which
// certificates must be valid. Errors are ErrConfig with one sentence that names the
// file.
func LoadTLS(f TLSFiles, now time.Time) (*tls.Config, error) {
	if f.IsZero() {
		return nil, nil
	}
	cfg := &tls.Config{ServerName: f.ServerName, MinVersion: tls.VersionTLS12}
	if f.CA != "" {
		text, err := readPEM("authority", f.CA)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(text) {
			return nil, ConfigErrorf("the authority file %s holds no certificate in PEM form: it needs a block that begins with -----BEGIN CERTIFICATE-----", f.CA)
		}
	}
	switch {
	case f.Cert == "" && f.Key == "":
		return cfg, nil
	case f.Cert == "" || f.Key == "":
		return nil, ConfigErrorf("a client certificate needs both a certificate file and a key file: name both or none")
	}
	own, err := loadPair(f, now)
	if err != nil {
		return nil, err
	}
	cfg.Certificates = []tls.Certificate{own}
	return cfg, nil
}

// loadPair reads this program's own certificate and its key.
func loadPair(f TLSFiles, now time.Time) (tls.Certificate, error) {
	cert, err := readPEM("certificate", f.Cert)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := readPEM("key", f.Key)
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return pair, ConfigErrorf("the certificate %s and the key %s cannot be used together (%w): name a matching pair in PEM form, the key without a passphrase", f.Cert, f.Key, err)
	}
	switch {
	case now.After(pair.Leaf.NotAfter):
		return pair, ConfigErrorf("the certificate %s expired on %s: ask the operator of the broker for a new one, or set the clock right", f.Cert, pair.Leaf.NotAfter.Format(time.DateOnly))
	case now.Before(pair.Leaf.NotBefore):
		return pair, ConfigErrorf("the certificate %s is not valid before %s: set the clock right, or wait", f.Cert, pair.Leaf.NotBefore.Format(time.DateOnly))
	}
	return pair, nil
}

// readPEM reads a file of bounded size.
func readPEM(what, name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err == nil && info.Size() > maxPEM {
		return nil, ConfigErrorf("the %s file %s has %d bytes, which no certificate has: name another one", what, name, info.Size())
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(name)
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return nil, ConfigErrorf("the %s file %s cannot be read (%w): check its name and permissions", what, name, path.Err)
	}
	if err != nil {
		return nil, ConfigErrorf("the %s file %s cannot be read (%w)", what, name, err)
	}
	return text, nil
}
