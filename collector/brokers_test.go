package collector

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"earshot/assets"
	"earshot/collector/state"
	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/collector/upload/brokertest"
	"earshot/collector/upload/format"
	"earshot/collector/words"
)

// Two brokers, one of which is away: what the other gets is not held up, the
// rows say which is missing, and what is published fits the schemas.
func TestOneOfTwoBrokersIsAway(t *testing.T) {
	t.Parallel()
	server, err := broker.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	away := &url.URL{Scheme: "mqtt", Host: l.Addr().String()}
	_ = l.Close()
	var mu sync.Mutex
	var published []*paho.Publish
	sub := brokertest.Subscribe(t, server.Addr(), "earshot/#", func(p *paho.Publish) {
		mu.Lock()
		defer mu.Unlock()
		published = append(published, p)
	})
	s := encryptedSite(t, 5)
	cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
		for _, m := range s.Meters {
			send(waterTelegram(t, m, m.Key, 1))
		}
		<-ctx.Done()
		return ctx.Err()
	})
	cfg.Brokers = []Destination{{Config: upload.Config{Broker: server.URL()}}, {Config: upload.Config{Broker: away}}}
	cfg.BrokerWait, cfg.Grace = 50*time.Millisecond, 300*time.Millisecond
	final, _ := oneRound(t.Context(), t, cfg)
	for _, r := range final.Rows {
		if want := "on its way to " + away.String(); words.English.Verdict(&r.Verdict) != want || r.Verdict.Code != state.CodeSending {
			t.Errorf("%s: %q, want %q", r.Ref, words.English.Verdict(&r.Verdict), want)
		}
	}
	if b := final.Broker; b.Up || b.Address != away.String() || b.Queued != 5 || b.Delivered != 0 || !strings.Contains(b.Reason, "nothing answers") {
		t.Errorf("together %+v", b)
	}
	if len(final.Brokers) != 2 || final.Brokers[0].Delivered != 5 || final.Brokers[0].Queued != 0 || !final.Brokers[0].Up {
		t.Errorf("each %+v", final.Brokers)
	}
	sub.Wait(7)
	validate(t, &mu, &published)
}

// validate holds what was published to the schemas.
func validate(t *testing.T, mu *sync.Mutex, published *[]*paho.Publish) {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	for _, p := range *published {
		name := "reading"
		if strings.HasSuffix(p.Topic, "/status") {
			name = "status"
		} else if p.Properties.User.Get("schema") != "1" || p.Properties.User.Get("campaign") != "1" || len(p.Properties.User.Get("message-id")) < 18 {
			t.Errorf("%s: properties %v", p.Topic, p.Properties.User)
		}
		text, _ := assets.Schema(name)
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(name, schema); err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(p.Payload))
		if err == nil {
			err = c.MustCompile(name).Validate(doc)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", p.Topic, err, p.Payload)
		}
	}
}

func TestBrokersAreCheckedAtTheStart(t *testing.T) {
	t.Parallel()
	address := &url.URL{Scheme: "mqtt", Host: "127.0.0.1:1"}
	for _, c := range []struct {
		brokers []Destination
		says    string
	}{
		{[]Destination{{Config: upload.Config{Broker: &url.URL{Scheme: "ftp", Host: "x"}}}}, "ftp"},
		{[]Destination{{Config: upload.Config{Broker: address}}, {Config: upload.Config{Broker: address}, Format: format.Options{Format: format.Wmbusmeters}}}, "named twice"},
	} {
		cfg := testConfig(t, encryptedSite(t, 1), func(context.Context, func([]byte)) error { return nil })
		cfg.Brokers = c.brokers
		err := Run(t.Context(), cfg, func(context.Context, *Campaign) error {
			return errors.New("it was begun")
		})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q", err, c.says)
		}
	}
}
