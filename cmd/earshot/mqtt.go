package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"earshot/cmd/earshot/lists"
	"earshot/collector"
	"earshot/collector/upload"
	"earshot/collector/upload/format"
	"earshot/device/mqttconn"
)

// passwordVariable is where the broker's password comes from unless a file is
// named: never from a flag, which every user of the machine could read.
const passwordVariable = "EARSHOT_MQTT_PASSWORD"

// brokerFlags are the flags about the connections to brokers.
type brokerFlags struct {
	brokers   []string
	users     []string
	passwords []string // files
	tls       mqttconn.TLSFiles
	client    string
	inFlight  int
	session   span
	expiry    span
	warn      io.Writer
}

// add adds the flags; what names what is published, such as readings.
func (f *brokerFlags) add(cmd *cobra.Command, what string, s streams) {
	f.warn = s.err
	flags := cmd.Flags()
	flags.StringArrayVar(&f.brokers, "mqtt", nil, "deliver "+what+" to this broker: mqtt://host:1883, mqtts://host:8883, ws:// or wss://host/path (may be repeated)")
	flags.StringArrayVar(&f.users, "mqtt-user", nil, "user name at the broker: one for all, or one for each --mqtt, in their order")
	flags.StringArrayVar(&f.passwords, "mqtt-password-file", nil, "file with the password: one for all, or one for each --mqtt; default: the environment variable "+passwordVariable)
	flags.StringVar(&f.tls.CA, "mqtt-ca", "", "certificates of the authorities to trust instead of the system's (PEM)")
	flags.StringVar(&f.tls.Cert, "mqtt-cert", "", "this program's own certificate (PEM)")
	flags.StringVar(&f.tls.Key, "mqtt-key", "", "the key of --mqtt-cert (PEM)")
	flags.StringVar(&f.tls.ServerName, "mqtt-server-name", "", "name in the broker's certificate, if it is not the host of --mqtt")
	flags.StringVar(&f.client, "mqtt-client-id", "", "client identifier (default: a random one)")
	flags.IntVar(&f.inFlight, "mqtt-inflight", 64, what+" that may be unacknowledged at a time; the broker may allow fewer")
	flags.Var(&f.session, "mqtt-session-expiry", "how long after a lost connection the broker reports this gateway as offline (needs --mqtt-client-id)")
	flags.Var(&f.expiry, "mqtt-expiry", "how long the broker keeps "+what+" for consumers that are away (default: forever)")
}

// connections makes the brokers that the flags name; certificates must be
// valid now.
func (f *brokerFlags) connections(now time.Time) ([]upload.Config, error) {
	if f.inFlight < 1 {
		return nil, usageError("--mqtt-inflight %d: must be at least 1", f.inFlight)
	}
	lists.WarnExposed(f.warn, f.tls.Key, "is the key of a certificate")
	secure, err := mqttconn.LoadTLS(f.tls, now)
	if err != nil {
		return nil, err
	}
	var all []upload.Config
	for i, address := range f.brokers {
		cfg := upload.Config{ClientID: f.client, TLS: secure, InFlight: f.inFlight, SessionExpiry: time.Duration(f.session), MessageExpiry: time.Duration(f.expiry)}
		if cfg.Broker, err = mqttconn.ParseAddress(address); err != nil {
			return nil, fmt.Errorf("--mqtt: %w", err)
		}
		if err := f.login(&cfg, i); err != nil {
			return nil, err
		}
		if err := cfg.Check(); err != nil {
			return nil, fmt.Errorf("--mqtt %s: %w", cfg.Broker, err)
		}
		if slices.ContainsFunc(all, func(o upload.Config) bool { return o.Broker.String() == cfg.Broker.String() }) {
			return nil, usageError("--mqtt %s is named twice: leave one of them out", cfg.Broker)
		}
		all = append(all, cfg)
	}
	return all, nil
}

// mqttFlags are the flags about delivering readings to brokers.
type mqttFlags struct {
	brokerFlags
	topic     string
	format    string
	retain    bool
	echo      bool
	discovery bool
}

func (f *mqttFlags) add(cmd *cobra.Command, s streams) {
	f.brokerFlags.add(cmd, "readings", s)
	flags := cmd.Flags()
	flags.StringVar(&f.topic, "mqtt-topic", upload.DefaultTemplate, "topic of a reading; the fields are {site} {id} {meter} {manufacturer} {medium}")
	flags.StringVar(&f.format, "mqtt-format", string(format.Earshot), "how a reading is written: earshot or wmbusmeters")
	flags.BoolVar(&f.retain, "mqtt-retain", false, "have the broker keep the last reading of each meter")
	flags.BoolVar(&f.echo, "mqtt-echo", false, "subscribe to the published readings: each counts as delivered only after it has come back")
	flags.BoolVar(&f.discovery, "ha", false, "announce the meters to Home Assistant (MQTT discovery)")
}

// destinations makes the brokers and topics that the flags name; certificates
// must be valid now.
func (f *mqttFlags) destinations(cmd *cobra.Command, site string, now time.Time) ([]collector.Destination, error) {
	if len(f.brokers) == 0 {
		return nil, f.alone(cmd)
	}
	options := format.Options{Discovery: f.discovery, Echo: f.echo}
	var err error
	if options.Template, err = upload.ParseTemplate(f.topic); err != nil {
		return nil, fmt.Errorf("--mqtt-topic: %w", err)
	}
	if options.Format, err = format.Parse(f.format); err != nil {
		return nil, usageError("--mqtt-format: %v", err)
	}
	connections, err := f.connections(now)
	if err != nil {
		return nil, err
	}
	var all []collector.Destination
	for _, cfg := range connections {
		cfg.Retain = f.retain
		d := collector.Destination{Config: cfg, Format: options}
		if err := d.Format.Apply(cfg, format.Gateway{Site: site}).Check(); err != nil {
			return nil, fmt.Errorf("--mqtt %s: %w", cfg.Broker, err)
		}
		all = append(all, d)
	}
	return all, nil
}

// alone returns an error for flags that have no meaning without a broker.
func (f *mqttFlags) alone(cmd *cobra.Command) error {
	for _, name := range []string{
		"mqtt-user", "mqtt-password-file", "mqtt-ca", "mqtt-cert", "mqtt-key", "mqtt-server-name", "mqtt-client-id", "mqtt-inflight",
		"mqtt-session-expiry", "mqtt-expiry", "mqtt-topic", "mqtt-format", "mqtt-retain", "mqtt-echo", "ha",
	} {
		if cmd.Flags().Changed(name) {
			return usageError("--%s needs a broker: name one with --mqtt, such as mqtt://host:1883", name)
		}
	}
	return nil
}

// login sets user and password of the i-th broker.
func (f *brokerFlags) login(cfg *upload.Config, i int) (err error) {
	n := len(f.brokers)
	if cfg.User, err = nth("mqtt-user", f.users, i, n, "broker"); err != nil {
		return err
	}
	file, err := nth("mqtt-password-file", f.passwords, i, n, "broker")
	if err != nil {
		return err
	}
	cfg.Password, err = password("mqtt-password-file", file, passwordVariable, f.warn)
	return err
}
