package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"earshot/collector/forward"
	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/device"
)

// forwardFlags are the flags of `earshot forward`.
type forwardFlags struct {
	receivers receiverFlags
	gateway   string
	broker    brokerFlags
	queue     int
	grace     time.Duration
	every     time.Duration
	speed     float64
	json      bool
	ports     portFlags
}

func newForward(s streams) *cobra.Command {
	var f forwardFlags
	cmd := &cobra.Command{
		Use:   "forward --receiver RECEIVER --mqtt BROKER",
		Short: "Publish what the radio hears, for a collector elsewhere",
		Long: "forward publishes every telegram that receivers hear to an MQTT broker, on earshot/GATEWAY/frames, until ctrl+c.\n" +
			"At the end of recordings it waits until the broker has everything, and says so.\n" +
			"`earshot run --receiver 'mqtt://broker/earshot/+/frames'` receives from all gateways of a broker.\n" +
			"Telegrams stay encrypted. The gateway's status is retained on earshot/GATEWAY/status.",
		Example: "earshot forward --receiver auto:c1,t1 --mqtt mqtt://broker\n" +
			"earshot forward --receiver rtlwmbus --mqtt mqtt://broker --gateway roof",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), s) },
	}
	flags := cmd.Flags()
	f.receivers.add(cmd, "what to listen with, as auto:c1,t1 or /dev/ttyUSB0:im871a:c1,t1")
	flags.StringVar(&f.gateway, "gateway", "", "name of this gateway in the topics (default: the name of this machine)")
	f.broker.add(cmd, "telegrams", s)
	flags.Lookup("mqtt").Usage = "publish to this broker: mqtt://host:1883, mqtts://host:8883, ws:// or wss://host/path"
	flags.IntVar(&f.queue, "queue", forward.DefaultQueue, "telegrams that may wait in memory while the broker is away; beyond that the oldest are dropped and counted")
	flags.DurationVar(&f.grace, "grace", 5*time.Second, "at the end, how long to wait for the broker to take the rest")
	flags.DurationVar(&f.every, "every", time.Minute, "how often to publish the status and report progress")
	flags.Float64Var(&f.speed, "speed", 1, "replay this many times faster")
	flags.BoolVar(&f.json, "json", false, "print events as JSON Lines on standard output")
	f.ports.add(cmd)
	f.ports.addFlash(cmd)
	f.ports.addCommand(cmd)
	return cmd
}

// check returns an error if a flag is missing or out of range.
func (f *forwardFlags) check() error {
	switch {
	case len(f.receivers.names) == 0:
		return usageError("no receiver: name one with --receiver, such as auto:c1,t1")
	case len(f.broker.brokers) == 0:
		return usageError("no broker: name one with --mqtt, such as mqtt://host:1883")
	case len(f.broker.brokers) > 1:
		return usageError("--mqtt is given %d times, but forward publishes to one broker: start another forward with its own receiver", len(f.broker.brokers))
	case f.queue < 1 || f.queue > 10_000_000:
		return usageError("--queue %d: must be 1 to 10000000 telegrams (about 500 bytes each)", f.queue)
	case f.grace <= 0 || f.every <= 0:
		return usageError("--grace %v, --every %v: both must be more than 0", f.grace, f.every)
	}
	return checkSpeed(f.speed)
}

func (f *forwardFlags) run(ctx context.Context, s streams) error {
	if err := f.check(); err != nil {
		return err
	}
	connections, err := f.broker.connections(time.Now())
	if err != nil {
		return err
	}
	name, _ := os.Hostname() // without a name the check reports it
	f.gateway = cmp.Or(f.gateway, name)
	tell := report.ForwardText(s.err, s.lang)
	if f.json {
		tell = report.ForwardJSON(s.out)
	}
	forwarder, err := forward.New(forward.Config{
		Gateway: f.gateway, Version: version(), Broker: connections[0], Queue: f.queue, Every: f.every, Grace: f.grace, Tell: tell,
	})
	if errors.Is(err, forward.ErrGateway) {
		err = usageError("--gateway: %w", err)
	}
	if err != nil {
		return err
	}
	s.ending.allow(f.grace)
	s.ending.keeps(func() string {
		if n := forwarder.Counts().Waiting; n > 0 {
			return fmt.Sprintf("%s the broker has not acknowledged", report.Count(int64(n), "telegram"))
		}
		return ""
	})
	opt, err := f.ports.options(device.Options{Stdin: s.in, Speed: f.speed})
	if err != nil {
		return err
	}
	specs, err := f.receivers.attached(ctx, opt, 1, s)
	if err != nil {
		return err
	}
	opened, err := openAll(ctx, specs, opt)
	if err != nil {
		return err
	}
	return f.outcome(forwarder.Run(ctx, opened))
}

// outcome is the end of forwarding as an error.
func (f *forwardFlags) outcome(counts forward.Counts, err error) error {
	if err != nil && !errors.Is(err, forward.ErrRefused) {
		err = &state.Failure{Kind: state.KindDevice, Err: err}
	}
	if lost := counts.Waiting + counts.Dropped + counts.Refused; err == nil && lost > 0 {
		return outcome(exitNotDelivered)
	}
	return err
}
