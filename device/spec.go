package device

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// AutoDriver is the driver of a Spec that names none: find out what is there.
const AutoDriver = "auto"

// StdinPath is the path of a Spec that reads standard input.
const StdinPath = "stdin"

// Spec names a receiver, as users of wmbusmeters write it. Printing it never
// shows the password of a URL.
type Spec struct {
	Driver string     // "im871a", "replay", AutoDriver, or the scheme of URL
	Path   string     // port, file or StdinPath; "" where the driver knows where to look
	Serial string     // the one dongle with this serial number; "" is any
	URL    *url.URL   // for receivers elsewhere: tcp://host:port, mqtt://broker/topic
	Modes  []LinkMode // what to listen to; nil leaves it to the driver
}

// specForms is what error texts list as possible.
const specForms = "auto:c1,t1, /dev/ttyUSB0:im871a:c1,t1, im871a:t1, rtlwmbus, stdin:hex, building.jsonl:replay, tcp://host:port, tcp-listen://:port, mqtt://broker/topic"

var (
	driverName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	// driverWithSerial is a driver and the serial number of one dongle: im871a[00102759].
	driverWithSerial = regexp.MustCompile(`^([a-z][a-z0-9_]*)\[([0-9A-Za-z_-]+)\]$`)
	comPort          = regexp.MustCompile(`^(?i:com)[0-9]+$`)
	// modeLike is what was surely meant as a link mode, even if there is none such.
	modeLike = regexp.MustCompile(`^[A-Za-z][0-9](-?[A-Za-z])?$`)
)

// ParseSpec reads [PATH:][DRIVER[\[SERIAL\]]][:MODES] or a URL. A path may hold
// colons (C:\building.jsonl:replay). In a URL # is part of the path, as MQTT
// writes its wildcard; the host may be missing where the scheme is one that
// listens (tcp-listen://:9022): then it is every address of this machine. Whether there is a driver of that name is
// asked where the drivers are listed. Errors wrap ErrBadSpec.
func ParseSpec(text string) (Spec, error) {
	trimmed := strings.TrimSpace(text)
	switch scheme, _, found := strings.Cut(trimmed, "://"); {
	case trimmed == "":
		return Spec{}, badSpec(text, "it is empty")
	case strings.ContainsFunc(trimmed, isControl):
		return Spec{}, badSpec(text, "it holds control characters")
	case found && len(scheme) > 1: // a single letter is a Windows drive
		return parseURLSpec(trimmed)
	}
	rest, last := cutLast(trimmed)
	var spec Spec
	if looksLikeModes(last) {
		modes, err := ParseLinkModes(last)
		if err != nil {
			return Spec{}, badSpec(text, err.Error())
		}
		spec.Modes = modes
		if rest == "" {
			return Spec{}, badSpec(text, "it says what to listen to, but not which receiver")
		}
		trimmed = rest
		rest, last = cutLast(trimmed)
	}
	switch m := driverWithSerial.FindStringSubmatch(last); {
	case last == "":
		return Spec{}, badSpec(text, "nothing follows the last colon")
	case m != nil:
		spec.Driver, spec.Serial, spec.Path = m[1], m[2], rest
	case driverName.MatchString(last) && !comPort.MatchString(last):
		spec.Driver, spec.Path = last, rest
	default:
		spec.Driver, spec.Path = AutoDriver, trimmed
	}
	return spec, nil
}

func parseURLSpec(text string) (Spec, error) {
	u, err := url.Parse(strings.ReplaceAll(text, "#", hash))
	// The error of url.Parse quotes the text, password and all: it is not passed on.
	switch {
	case err != nil:
		return Spec{}, badSpec(text, "it is not a valid URL")
	case u.Hostname() == "" && !(strings.HasSuffix(u.Scheme, listens) && u.Port() != ""):
		return Spec{}, badSpec(text, "the host is missing after "+u.Scheme+"://")
	}
	return Spec{Driver: u.Scheme, URL: u}, nil
}

const (
	hash    = "%23"    // how url.Parse reads a # that begins no fragment
	listens = "listen" // how the schemes end that wait for others to connect
)

// cutLast splits text at its last colon; before is "" where there is none.
func cutLast(text string) (before, after string) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return "", text
	}
	return text[:i], text[i+1:]
}

// looksLikeModes reports whether a part was meant as a list of link modes.
func looksLikeModes(part string) bool {
	if strings.ContainsAny(part, `/\.`) {
		return false
	}
	for item := range strings.SplitSeq(part, ",") {
		if _, err := ParseLinkMode(item); err == nil || modeLike.MatchString(strings.TrimSpace(item)) {
			return true
		}
	}
	return false
}

func badSpec(text, reason string) error {
	return fmt.Errorf("%w %q: %s; possible are %s", ErrBadSpec, redactURL(text), reason, specForms)
}

// redactURL hides what stands between a scheme and the last @.
func redactURL(text string) string {
	scheme, rest, found := strings.Cut(text, "://")
	at := strings.LastIndexByte(rest, '@')
	if !found || at < 0 {
		return text
	}
	return scheme + "://…" + rest[at:]
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// String writes the Spec as ParseSpec reads it, the password of a URL as xxxxx.
func (s Spec) String() string {
	if s.URL != nil {
		return strings.ReplaceAll(s.URL.Redacted(), hash, "#")
	}
	parts := make([]string, 0, 3)
	if s.Path != "" {
		parts = append(parts, s.Path)
	}
	driver := s.Driver
	if s.Serial != "" {
		driver += "[" + s.Serial + "]"
	}
	parts = append(parts, driver)
	if len(s.Modes) > 0 {
		parts = append(parts, strings.ToLower(JoinModes(s.Modes, ",")))
	}
	return strings.Join(parts, ":")
}

// GoString is String: %#v shows no password either.
func (s Spec) GoString() string { return "device.Spec(" + s.String() + ")" }

// MarshalText is String, for JSON and slog.
func (s Spec) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ShortName is the receiver's name on the screen: the last part of the port or
// file, the host of a URL, or else the driver.
func (s Spec) ShortName() string {
	switch {
	case s.URL != nil:
		return s.URL.Host
	case s.Path != "":
		return s.Path[strings.LastIndexAny(s.Path, `/\`)+1:]
	default:
		return s.Driver
	}
}
