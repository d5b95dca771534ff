package mqttconn

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// ErrConfig is the kind of every error about settings that cannot be used.
var ErrConfig = errors.New("MQTT settings")

// ConfigErrorf returns an ErrConfig with one sentence.
func ConfigErrorf(format string, args ...any) error {
	return configError{fmt.Errorf(format, args...)}
}

// configError is an ErrConfig whose text is its sentence alone.
type configError struct{ error }

func (configError) Is(target error) bool { return target == ErrConfig }
func (e configError) Unwrap() error      { return errors.Unwrap(e.error) }

// Scheme is what a broker address may begin with.
type Scheme struct {
	Name string
	Port string // unless the address has one
	TLS  bool
	Web  bool // MQTT in a WebSocket
}

// schemes of MQTT (docs/protocol/mqtt.md#urls).
var schemes = []Scheme{
	{Name: "mqtt", Port: "1883"},
	{Name: "mqtts", Port: "8883", TLS: true},
	{Name: "ws", Port: "80", Web: true},
	{Name: "wss", Port: "443", TLS: true, Web: true},
}

// webPath is the default path for WebSockets.
const webPath = "/mqtt"

// SchemeOf returns the scheme of that name.
func SchemeOf(name string) (Scheme, bool) {
	for _, s := range schemes {
		if s.Name == name {
			return s, true
		}
	}
	return Scheme{}, false
}

// ParseAddress reads the address of a broker: mqtt://host:port, mqtts://host:port
// (TLS), ws://host:port/path and wss://host:port/path (WebSocket), host:port or
// host. Without a port it takes 1883, 8883 for mqtts, 80 for ws and 443 for
// wss; without a path /mqtt. The result holds the scheme, host:port, and the
// path of a WebSocket, nothing else. Errors are ErrConfig and one sentence;
// they never repeat user information.
func ParseAddress(address string) (*url.URL, error) {
	text := strings.TrimSpace(address)
	if text == "" {
		return nil, ConfigErrorf("the broker address is empty: write mqtt://host:1883")
	}
	if !strings.Contains(text, "://") {
		text = "mqtt://" + text
	}
	name, rest, _ := strings.Cut(text, "://")
	s, known := SchemeOf(strings.ToLower(name))
	switch {
	case strings.Contains(text, "@"):
		return nil, ConfigErrorf("the broker address holds a user name or password: leave out the part before the @ and set them separately, so that they do not show in logs and process lists")
	case !known:
		return nil, ConfigErrorf("the broker address begins with %q, which is not known: write mqtt://host:1883, mqtts://host:8883 for TLS, or ws:// and wss:// for WebSockets", name+"://")
	case strings.ContainsAny(rest, "#+?"):
		return nil, ConfigErrorf("the broker address %q holds one of # + ?, which no host name has: leave out the topic, write %s://host:%s", text, s.Name, s.Port)
	}
	rest, path, _ := strings.Cut(rest, "/")
	switch {
	case path != "" && !s.Web:
		return nil, ConfigErrorf("the broker address %q has a path: leave out the topic, write only %s://host:%s", text, s.Name, s.Port)
	case strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r >= 0x7F || strings.ContainsRune(`"<>\^{}|%`, r) }):
		return nil, ConfigErrorf("the path of the broker address %q has an invalid character: write %s://host:%s%s", text, s.Name, s.Port, webPath)
	}
	host, port, err := splitHost(rest, s.Port)
	if err != nil {
		return nil, ConfigErrorf("the broker address %q %w: write %s://host:%s", text, err, s.Name, s.Port)
	}
	u := &url.URL{Scheme: s.Name, Host: net.JoinHostPort(host, port)}
	if s.Web {
		u.Path = "/" + path
		if path == "" {
			u.Path = webPath
		}
	}
	return u, nil
}

// splitHost splits host:port and checks both; port is the default.
func splitHost(text, port string) (string, string, error) {
	host := text
	switch {
	case strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]"): // IPv6 without a port
		host = text[1 : len(text)-1]
	case strings.Count(text, ":") > 1 && !strings.HasPrefix(text, "["): // bare IPv6
	case strings.Contains(text, ":"):
		var err error
		if host, port, err = net.SplitHostPort(text); err != nil {
			return "", "", errors.New("cannot be split into host and port")
		}
	}
	if host == "" {
		return "", "", errors.New("names no host")
	}
	if strings.Contains(host, ":") && net.ParseIP(host) == nil && !strings.Contains(host, "%") {
		return "", "", errors.New("is not an IPv6 address")
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
