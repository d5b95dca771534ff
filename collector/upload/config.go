package upload

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"math"
	"net/url"
	"strings"
	"time"

	"earshot/device/mqttconn"
)

// Config says where to upload to, and how. Only Broker is needed; zero values
// take the defaults named here.
type Config struct {
	// Broker is the address, of mqttconn.ParseAddress.
	Broker *url.URL
	// ClientID is the name that the broker knows this program by; a random
	// one unless set. Two programs with the same name disconnect each other.
	ClientID string
	// User and Password log in at the broker; none unless set.
	User     string
	Password mqttconn.Password
	// TLS is used for mqtts and wss; the system's authorities unless set.
	// mqttconn.LoadTLS makes one of files.
	TLS *tls.Config
	// InFlight is how many messages may be without acknowledgement at a time
	// (1 to 65535, default 64); the broker's Receive Maximum can lower it.
	InFlight int
	// ContentType goes with every message; application/json unless set.
	ContentType string
	// Properties go with every message as MQTT user properties.
	Properties []Property
	// Store names the outbox in the message ids (mqttconn.PropertyMessageID): they are
	// the same each time a message is sent for as long as Store is. A random
	// name unless set.
	Store string
	// Render makes of each message what is published; as it is unless set.
	Render Render `json:"-"`
	// Retain makes the broker keep the last message of each topic.
	Retain bool
	// Status is published while this program is connected, and after; nothing
	// unless its Topic is set.
	Status Status
	// Birth has all announcements made again when a consumer has started;
	// nothing unless its Topic is set.
	Birth Birth
	// SessionExpiry is how long the broker keeps the session, and holds back
	// word that this program is gone, after a connection was lost; 0 says at
	// once. It needs a ClientID that stays the same.
	SessionExpiry time.Duration
	// MessageExpiry is how long the broker may keep a reading for consumers
	// that are away; 0 means forever. The last one that it retains goes too.
	MessageExpiry time.Duration
	// EchoFilter turns on the echo check: what is published is subscribed to
	// by this filter, and a message counts as taken only when it has come back.
	EchoFilter string
	// EchoTimeout is how long it may take to come back; default 10 s.
	EchoTimeout time.Duration
	// ConnectTimeout bounds one attempt to connect; default 10 s.
	ConnectTimeout time.Duration
	// AckTimeout is how long the broker may acknowledge nothing before the
	// connection is given up; default 10 s.
	AckTimeout time.Duration
	// KeepAlive is how often the broker is asked whether it is still there
	// when there is nothing to send; whole seconds, default 30 s.
	KeepAlive time.Duration
	// RetryMin and RetryMax bound the pause between attempts, which doubles
	// from one to the next; defaults 500 ms and 10 s.
	RetryMin, RetryMax time.Duration
}

// Birth is how a consumer, such as Home Assistant, says that it has started.
type Birth struct {
	Topic   string
	Payload string
	// Pause is how long to wait before announcing; default 10 s. Up to half of
	// it is left out at random, so that not all gateways answer at once.
	Pause time.Duration
}

// Property is an MQTT user property.
type Property struct{ Key, Value string }

// withDefaults checks the settings and fills in what was not set.
func (c Config) withDefaults() (Config, error) {
	if c.Broker == nil {
		return c, mqttconn.ConfigErrorf("no broker: give its address, such as mqtt://host:1883")
	}
	if c.Broker.User != nil {
		return c, mqttconn.ConfigErrorf("the broker address holds a user name or password: set User and Password instead, so that they show in no log")
	}
	// Put together by hand: URL.String would escape the zone of an IPv6 address.
	broker, err := mqttconn.ParseAddress(c.Broker.Scheme + "://" + c.Broker.Host + c.Broker.Path)
	if err == nil {
		err = c.check(broker)
	}
	if err != nil {
		return c, err
	}
	c.Broker = broker
	if c.InFlight == 0 {
		c.InFlight = 64
	}
	if c.InFlight < 0 || c.InFlight > 65535 {
		return c, mqttconn.ConfigErrorf("%d messages in flight: must be 1 to 65535", c.InFlight)
	}
	if !c.Password.IsZero() && c.User == "" {
		return c, mqttconn.ConfigErrorf("a password for the broker is set, but no user name: set both or none")
	}
	if c.ClientID == "" {
		c.ClientID = randomID()
	}
	if c.Store == "" {
		c.Store = randomID()
	}
	if c.Render == nil {
		c.Render = plain
	}
	if c.ContentType == "" {
		c.ContentType = "application/json"
	}
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&c.ConnectTimeout, 10 * time.Second},
		{&c.AckTimeout, 10 * time.Second},
		{&c.EchoTimeout, 10 * time.Second},
		{&c.KeepAlive, 30 * time.Second},
		{&c.Birth.Pause, 10 * time.Second},
		{&c.RetryMin, 500 * time.Millisecond},
		{&c.RetryMax, 10 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	c.RetryMax = max(c.RetryMax, c.RetryMin)
	return c, nil
}

// Check returns the error that New would return.
func (c Config) Check() error {
	_, err := c.withDefaults()
	return err
}

// check refuses settings that contradict each other.
func (c Config) check(broker *url.URL) error {
	s, _ := mqttconn.SchemeOf(broker.Scheme)
	switch {
	case c.TLS != nil && !s.TLS:
		return mqttconn.ConfigErrorf("certificates are set for %s, which does not use TLS: use %ss://, or leave them out", broker, s.Name)
	case c.SessionExpiry < 0 || c.MessageExpiry < 0:
		return mqttconn.ConfigErrorf("session or message expiry: must not be less than 0: leave it out, or give a time such as 72h")
	case c.SessionExpiry > 0 && c.ClientID == "":
		return mqttconn.ConfigErrorf("a session expiry needs a client identifier that stays the same: set both or none")
	case c.Status.Topic != "" && mqttconn.TopicFlaw(c.Status.Topic) != "":
		return mqttconn.ConfigErrorf("the status cannot be published: its topic %s", mqttconn.TopicFlaw(c.Status.Topic))
	}
	for _, p := range append([]Property{{"content type", c.ContentType}, {"store", c.Store}, {"client identifier", c.ClientID}, {"user", c.User}}, c.Properties...) {
		if len(p.Key) > maxText || len(p.Value) > maxText || strings.ToValidUTF8(p.Key+p.Value, "") != p.Key+p.Value || strings.Contains(p.Key+p.Value, "\x00") {
			return mqttconn.ConfigErrorf("the %s has more than %d bytes or is not UTF-8: MQTT cannot carry it", mqttconn.Printable(p.Key), maxText)
		}
	}
	return nil
}

// maxText bounds names and properties that go with every message.
const maxText = 1000

// seconds is a time as MQTT carries it, rounded up.
func seconds(d time.Duration) uint32 {
	return uint32(min((d+time.Second-1)/time.Second, math.MaxUint32))
}

// keepAliveSeconds is KeepAlive as CONNECT carries it, rounded up.
func (c Config) keepAliveSeconds() uint16 {
	return uint16(min((c.KeepAlive+time.Second-1)/time.Second, 65535))
}

// randomID returns a client identifier that every broker accepts: at most 23
// letters and digits (docs/protocol/mqtt.md#packets).
func randomID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	return "earshot" + hex.EncodeToString(b[:])
}
