package tcp

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"syscall"

	"earshot/device"
)

// The schemes, which are also the names of the drivers in a Spec.
const (
	Name       = "tcp"
	ListenName = "tcplisten"
	UDPName    = "udplisten"
)

// Drivers returns the entries for the list of drivers.
func Drivers() []device.Driver {
	return []device.Driver{{
		Name:  Name,
		About: "telegrams from a server in the network: hex, rtl_wmbus, JSON or raw bytes (tcp://host:port)",
		Open:  Dial,
	}, {
		Name:    ListenName,
		Aliases: []string{"tcp-listen"},
		About:   "telegrams from bridges and gateways that connect to this machine (tcp-listen://:9022)",
		Open:    Listen,
	}, {
		Name:    UDPName,
		Aliases: []string{"udp-listen"},
		About:   "telegrams from bridges and gateways that send datagrams to this machine (udp-listen://:9011)",
		Open:    ListenUDP,
	}}
}

// parse reads the URL of a Spec. Errors wrap ErrBadSpec.
func parse(spec device.Spec) (addr string, f form, err error) {
	u := spec.URL
	switch {
	case u == nil:
		return "", 0, fmt.Errorf("%w %q: write it as a URL: tcp://host:port, tcp-listen://:port or udp-listen://:port", device.ErrBadSpec, spec)
	case u.Port() == "":
		return "", 0, fmt.Errorf("%w %q: the port is missing after the host", device.ErrBadSpec, spec)
	case u.Path != "" && u.Path != "/", u.User != nil:
		return "", 0, fmt.Errorf("%w %q: only ?format=text or ?format=raw may follow host and port", device.ErrBadSpec, spec)
	}
	query, err := url.ParseQuery(u.RawQuery)
	formats := query["format"]
	if err != nil || len(query) > 1 || len(query) != len(formats) {
		return "", 0, fmt.Errorf("%w %q: only format=text or format=raw may follow the ?", device.ErrBadSpec, spec)
	}
	switch {
	case len(formats) == 0:
	case formats[0] == "text":
		f = formText
	case formats[0] == "raw":
		f = formRaw
	default:
		return "", 0, fmt.Errorf("%w %q: there is no format %q; it is text or raw, or detected if none is given", device.ErrBadSpec, spec, formats[0])
	}
	return net.JoinHostPort(u.Hostname(), u.Port()), f, nil
}

// cannotListen says why a port cannot be opened.
func cannotListen(spec device.Spec, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("cannot listen at %s: the port is %w: stop that one, or choose another port", spec, device.ErrBusy)
	case errors.Is(err, syscall.EACCES):
		return device.Errorf(device.ErrUnsupported, "cannot listen at %s: no permission: choose a port above 1023", spec)
	default:
		return device.Errorf(device.ErrUnsupported, "cannot listen at %s (%w): check host and port", spec, err)
	}
}
