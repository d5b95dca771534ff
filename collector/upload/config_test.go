package upload_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"earshot/collector/upload"
	"earshot/device/mqttconn"
)

func TestNewChecksTheSettings(t *testing.T) {
	t.Parallel()
	address := &url.URL{Scheme: "mqtt", Host: "broker:1883"}
	for _, c := range []struct {
		cfg  upload.Config
		says string
	}{
		{upload.Config{}, "no broker: give its address"},
		{upload.Config{Broker: &url.URL{Scheme: "ftp", Host: "x"}}, "ftp"},
		{upload.Config{Broker: &url.URL{Scheme: "mqtt", Host: "x", User: url.UserPassword("a", "s3cret")}}, "user name or password"},
		{upload.Config{Broker: address, InFlight: -1}, "-1 messages in flight"},
		{upload.Config{Broker: address, InFlight: 65536}, "65536 messages in flight"},
		{upload.Config{Broker: address, Password: mqttconn.NewPassword("s3cret")}, "no user name"},
	} {
		_, err := upload.New(c.cfg, fill(0), newRecord(t))
		if !errors.Is(err, mqttconn.ErrConfig) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.cfg, err, c.says)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v shows the password", err)
		}
	}
	zone := &url.URL{Scheme: "mqtt", Host: "[fe80::1%eth0]:1883"}
	if _, err := upload.New(upload.Config{Broker: zone}, fill(0), newRecord(t)); err != nil {
		t.Errorf("an IPv6 zone: %v", err)
	}
}

func TestPasswordIsNeverPrinted(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-π"
	p := mqttconn.NewPassword(secret)
	hidden := struct{ pw mqttconn.Password }{p}
	cfg := upload.Config{User: "fitter", Password: p}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10s", "%p"} {
		for _, v := range []any{p, &p, hidden, &hidden, cfg, &cfg, []mqttconn.Password{p}, map[string]mqttconn.Password{"a": p}} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	for _, v := range []any{p, &p, cfg, []mqttconn.Password{p}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("connect", "password", p, "config", cfg, "hidden", hidden)
	}
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), "s3cret"} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the password shows as %q in\n%s", form, out.String())
		}
	}
	if got := p.String(); got != "[redacted]" {
		t.Errorf("String: %q", got)
	}
	if empty := mqttconn.NewPassword(""); !empty.IsZero() || empty.String() != "" {
		t.Errorf("no password is %q", empty)
	}
}
