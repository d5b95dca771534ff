package device

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// AutoDriver is the driver of a Spec that names none: detect what is attached.
const AutoDriver = "auto"

// StdinPath is the path of a Spec that reads standard input.
const StdinPath = "stdin"

// Spec names a receiver in the notation of wmbusmeters. Printing it never shows
// the password of a URL.
type Spec struct {
	Driver string     // "im871a", "replay", AutoDriver, or the scheme of URL
	Path   string     // port, file or StdinPath; "" if the driver knows where to look
	Serial string     // the one dongle with this serial number; "" is any
	URL    *url.URL   // for receivers in the network: tcp://host:port, mqtt://broker/topic
	Modes  []LinkMode // what to listen to; nil leaves it to the driver
}

// specForms lists examples for error texts.
const specForms = "auto:c1,t1, /dev/ttyUSB0:im871a:c1,t1, im871a:t1, rtlwmbus, stdin:hex, building.jsonl:replay, tcp://host:port, tcp-listen://:port, mqtt://broker/topic"

var (
	driverName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	// driverWithSerial is a driver and the serial number of one dongle: im871a[00102759].
	driverWithSerial = regexp.MustCompile(`^([a-z][a-z0-9_]*)\[([0-9A-Za-z_-]+)\]$`)
	comPort          = regexp.MustCompile(`^(?i:com)[0-9]+$`)
	// modeLike matches what was meant as a link mode, even if there is no such
	// mode.
	modeLike = regexp.MustCompile(`^[A-Za-z][0-9](-?[A-Za-z])?$`)
)

// ParseSpec reads [PATH:][DRIVER[\[SERIAL\]]][:MODES] or a URL. A path may hold
// colons (C:\building.jsonl:replay). In a URL # is part of the path, since it
// is a wildcard of MQTT. The host may be missing if the scheme is one that listens
// (tcp-listen://:9022): then it listens at every address of this machine. It does
// not check that the driver exists; that is up to the list of drivers. Errors wrap
// ErrBadSpec.
func ParseSpec(text string) (Spec, error) {
	trimmed := strings.TrimSpace(text)
	switch scheme, _, found := strings.Cut(trimmed, "://"); {
	case trimmed == "":
		return Spec{}, badSpec(text, "it is empty")
	case strings.ContainsFunc(trimmed, isControl):
		return Spec{}, badSpec(text, "it holds control characters")
	case found && len(scheme) > 1: // a single letter is a Windows drive
		return parseURLSpec(trimmed)
	case MaskLogin(trimmed) != trimmed:
		return Spec{}, badSpec(text, "it seems to hold a login but is not a URL: write mqtt://broker/topic, and the login with --receiver-user")
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
	// The error of url.Parse quotes the text with its password, so it is not passed on.
	switch {
	case err != nil:
		return Spec{}, badSpec(text, "it is not a valid URL")
	case u.Hostname() == "" && !(strings.HasSuffix(u.Scheme, listens) && u.Port() != ""):
		return Spec{}, badSpec(text, "the host is missing after "+u.Scheme+"://")
	}
	_, after, _ := strings.Cut(text, "://")
	if end := strings.IndexAny(after, "/?"); end >= 0 && strings.Contains(after[end:], "@") {
		return Spec{}, badSpec(text, "an @ follows the host: in a password write / as %2F and ? as %3F, in a topic write @ as %40")
	}
	return Spec{Driver: u.Scheme, URL: u}, nil
}

const (
	hash    = "%23"    // how url.Parse reads a # that does not begin a fragment
	listens = "listen" // the suffix of schemes that wait for others to connect
)

// cutLast splits text at its last colon; before is "" if there is none.
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
	return fmt.Errorf("%w %q: %s; examples: %s", ErrBadSpec, MaskLogin(text), reason, specForms)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// String returns the Spec as ParseSpec reads it, with the password of a URL as xxxxx.
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

// ShortName returns the receiver's name on the screen: the last part of the port or
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
