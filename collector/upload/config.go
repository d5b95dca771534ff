package upload

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ErrConfig is what every error of ParseBroker and of New is: the settings
// cannot be used as they are.
var ErrConfig = errors.New("MQTT settings")

// Config says where to upload to, and how. Only Broker is needed; zero values
// take the defaults named here.
type Config struct {
	// Broker is the address; see ParseBroker.
	Broker *url.URL
	// ClientID is the name that the broker knows this program by; a random
	// one unless set. Two programs with the same name throw each other out.
	ClientID string
	// User and Password log in at the broker; none unless set.
	User     string
	Password Password
	// TLS is used for mqtts; the system's authorities unless set.
	TLS *tls.Config
	// InFlight is how many messages may be without acknowledgement at a time
	// (1 to 65535, default 64); the broker's Receive Maximum can lower it.
	InFlight int
	// ContentType goes with every message; application/json unless set.
	ContentType string
	// Properties go with every message as MQTT user properties.
	Properties []Property
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

// Property is an MQTT user property.
type Property struct{ Key, Value string }

// scheme is what a broker address may begin with.
type scheme struct {
	name string
	port string
	tls  bool
}

var schemes = []scheme{
	{name: "mqtt", port: "1883"},
	{name: "mqtts", port: "8883", tls: true},
}

// schemeOf returns the scheme of that name.
func schemeOf(name string) (scheme, bool) {
	for _, s := range schemes {
		if s.name == name {
			return s, true
		}
	}
	return scheme{}, false
}

// ParseBroker reads the address of a broker: mqtt://host:port,
// mqtts://host:port (TLS), host:port or host. Without a port it takes 1883, or
// 8883 for mqtts. The result holds the scheme and host:port, nothing else.
// Errors are ErrConfig and one sentence; they never repeat user information.
func ParseBroker(address string) (*url.URL, error) {
	text := strings.TrimSpace(address)
	if text == "" {
		return nil, complain("the broker address is empty: write mqtt://host:1883")
	}
	if !strings.Contains(text, "://") {
		text = "mqtt://" + text
	}
	name, rest, _ := strings.Cut(text, "://")
	s, known := schemeOf(strings.ToLower(name))
	switch {
	case !known:
		return nil, complain("the broker address begins with %q, which is not known: write mqtt://host:1883, or mqtts://host:8883 for TLS", name+"://")
	case strings.Contains(rest, "@"):
		return nil, complain("the broker address holds a user name or password: leave out what stands before the @ and set them separately, so that they show in no log")
	case strings.ContainsAny(rest, "#+?"):
		return nil, complain("the broker address %q holds one of # + ?, which no host name has: the topic is not part of it, write %s://host:%s", text, s.name, s.port)
	}
	rest = strings.TrimSuffix(rest, "/")
	if strings.Contains(rest, "/") {
		return nil, complain("the broker address %q has a path: earshot chooses the topics itself, write only %s://host:%s", text, s.name, s.port)
	}
	host, port, err := splitHost(rest, s.port)
	if err != nil {
		return nil, complain("the broker address %q %w: write %s://host:%s", text, err, s.name, s.port)
	}
	return &url.URL{Scheme: s.name, Host: net.JoinHostPort(host, port)}, nil
}

// splitHost takes host:port apart and checks both; port is the default.
func splitHost(text, port string) (string, string, error) {
	host := text
	switch {
	case strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]"): // IPv6 without a port
		host = text[1 : len(text)-1]
	case strings.Count(text, ":") > 1 && !strings.HasPrefix(text, "["): // bare IPv6
	case strings.Contains(text, ":"):
		var err error
		if host, port, err = net.SplitHostPort(text); err != nil {
			return "", "", errors.New("cannot be taken apart into host and port")
		}
	}
	if host == "" {
		return "", "", errors.New("names no host")
	}
	if strings.Contains(host, ":") && net.ParseIP(host) == nil && !strings.Contains(host, "%") {
		return "", "", errors.New("is no IPv6 address")
	}
	if strings.ContainsFunc(host, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`"<>\^{}|[]*`, r)
	}) {
		return "", "", errors.New("has a character that no host name has")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", "", fmt.Errorf("has the port %q, which is not a number from 1 to 65535", port)
	}
	return host, port, nil
}

// complain makes an ErrConfig of one sentence.
func complain(format string, args ...any) error {
	return configError{fmt.Errorf(format, args...)}
}

// configError is an ErrConfig that keeps its sentence as it is.
type configError struct{ error }

func (configError) Is(target error) bool { return target == ErrConfig }
func (e configError) Unwrap() error      { return errors.Unwrap(e.error) }

// withDefaults checks the settings and fills in what was not set.
func (c Config) withDefaults() (Config, error) {
	if c.Broker == nil {
		return c, complain("no broker is named: give its address, such as mqtt://host:1883")
	}
	if c.Broker.User != nil {
		return c, complain("the broker address holds a user name or password: set User and Password instead, so that they show in no log")
	}
	// Put together by hand: URL.String would escape the zone of an IPv6 address.
	broker, err := ParseBroker(c.Broker.Scheme + "://" + c.Broker.Host + c.Broker.Path)
	if err != nil {
		return c, err
	}
	c.Broker = broker
	if c.InFlight == 0 {
		c.InFlight = 64
	}
	if c.InFlight < 0 || c.InFlight > 65535 {
		return c, complain("%d messages in flight are not possible: choose 1 to 65535", c.InFlight)
	}
	if !c.Password.IsZero() && c.User == "" {
		return c, complain("a password for the broker is set, but no user name: set both or none")
	}
	if c.ClientID == "" {
		c.ClientID = randomID()
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
		{&c.KeepAlive, 30 * time.Second},
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

// keepAliveSeconds is KeepAlive as CONNECT carries it, rounded up.
func (c Config) keepAliveSeconds() uint16 {
	return uint16(min((c.KeepAlive+time.Second-1)/time.Second, 65535))
}

// randomID returns a client identifier that every broker accepts: at most 23
// letters and digits (MQTT 5, 3.1.3.1).
func randomID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	return "earshot" + hex.EncodeToString(b[:])
}
