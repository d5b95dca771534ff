package mqttconn_test

import (
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"earshot/collector/upload/brokertest"
	"earshot/device/mqttconn"
)

func TestLoadTLSComplains(t *testing.T) {
	t.Parallel()
	o := brokertest.NewAuthority(t)
	o.Issue("client", &x509.Certificate{}, time.Hour)
	o.Issue("old", &x509.Certificate{}, -time.Hour)
	o.Issue("other", &x509.Certificate{}, time.Hour)
	o.Write("text.pem", []byte("no certificate"))
	if cfg, err := mqttconn.LoadTLS(mqttconn.TLSFiles{}, time.Now()); cfg != nil || err != nil {
		t.Errorf("nothing named: %v, %v", cfg, err)
	}
	for _, c := range []struct {
		files mqttconn.TLSFiles
		says  string
	}{
		{mqttconn.TLSFiles{CA: o.Path("none.pem")}, "none.pem cannot be read (no such file or directory)"},
		{mqttconn.TLSFiles{CA: o.Path("text.pem")}, "holds no certificate in PEM form"},
		{mqttconn.TLSFiles{CA: o.Dir}, "cannot be read"},
		{mqttconn.TLSFiles{Cert: o.Path("client.pem")}, "name both or none"},
		{mqttconn.TLSFiles{Key: o.Path("client.key")}, "name both or none"},
		{mqttconn.TLSFiles{Cert: o.Path("client.pem"), Key: o.Path("other.key")}, "cannot be used together"},
		{mqttconn.TLSFiles{Cert: o.Path("client.pem"), Key: o.Path("none.key")}, "the key file"},
		{mqttconn.TLSFiles{Cert: o.Path("old.pem"), Key: o.Path("old.key")}, "expired on"},
	} {
		_, err := mqttconn.LoadTLS(c.files, time.Now())
		if !errors.Is(err, mqttconn.ErrConfig) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.files, err, c.says)
			continue
		}
		sentence(t, err)
	}
	if _, err := mqttconn.LoadTLS(mqttconn.TLSFiles{Cert: o.Path("client.pem"), Key: o.Path("client.key")}, time.Now().AddDate(-1, 0, 0)); err == nil || !strings.Contains(err.Error(), "is not valid before") {
		t.Errorf("a year ago: %v", err)
	}
}
