package mqttconn

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"time"
)

// TLSFiles names what a TLS connection needs beyond the system's authorities.
// Any part may be "".
type TLSFiles struct {
	CA         string // certificates of the authorities to trust, instead of the system's
	Cert, Key  string // this program's own certificate, and its key
	ServerName string // the name in the broker's certificate, if it differs from the host
}

// IsZero reports whether nothing is named.
func (f TLSFiles) IsZero() bool { return f == TLSFiles{} }

// maxPEM bounds what is read of a file of certificates.
const maxPEM = 16 << 20

// LoadTLS reads the files; it returns nil if none is named. now is the time by which
// certificates must be valid. Errors are ErrConfig and one sentence that names
// the file.
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
			return nil, ConfigErrorf("the authority file %s holds no certificate in PEM form: it must have a block that begins with -----BEGIN CERTIFICATE-----", f.CA)
		}
	}
	switch {
	case f.Cert == "" && f.Key == "":
		return cfg, nil
	case f.Cert == "" || f.Key == "":
		return nil, ConfigErrorf("a certificate of this program needs both its file and that of its key: name both or none")
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
		return pair, ConfigErrorf("the certificate %s and the key %s cannot be used together (%w): name the pair that belongs together, in PEM form, the key without a passphrase", f.Cert, f.Key, err)
	}
	switch {
	case now.After(pair.Leaf.NotAfter):
		return pair, ConfigErrorf("the certificate %s has expired on %s: ask the operator of the broker for a new one, or set the clock right", f.Cert, pair.Leaf.NotAfter.Format(time.DateOnly))
	case now.Before(pair.Leaf.NotBefore):
		return pair, ConfigErrorf("the certificate %s is valid from %s on only: set the clock right, or wait", f.Cert, pair.Leaf.NotBefore.Format(time.DateOnly))
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
