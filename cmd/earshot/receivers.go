package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"earshot/collector/report"
	"earshot/device"
	"earshot/device/all"
	"earshot/device/detect"
)

// patienceAfter is when a notice says that it takes longer.
const patienceAfter = 5 * time.Second

// receiversFlags are the flags of `earshot receivers`.
type receiversFlags struct {
	ports  portFlags
	json   bool
	listen time.Duration
}

func newReceivers(s streams) *cobra.Command {
	var f receiversFlags
	cmd := &cobra.Command{
		Use:   "receivers",
		Short: "List attached receivers, their problems and how to fix them",
		Long: "receivers asks every USB serial port for a dongle, and prints what it is, which link modes it can hear at the same\n" +
			"time and, if it cannot be used, why and what to do. It changes nothing that outlasts a restart of the dongle. A port\n" +
			"without an answer takes half a minute, since other line speeds are tried. The exit code is 3 if no receiver can be\n" +
			"used.",
		Example: "earshot receivers\nearshot receivers --listen 60s\nearshot receivers --json --dongle-path-glob '/dev/serial/by-id/*'",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), s)
		},
	}
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON object per port, one a line")
	cmd.Flags().DurationVar(&f.listen, "listen", 0, "listen for this time and count the telegrams of each receiver, which may answer but be deaf")
	f.ports.add(cmd)
	return cmd
}

func (f *receiversFlags) run(ctx context.Context, s streams) error {
	if f.listen < 0 {
		return usageError("--listen %v: must not be less than 0", f.listen)
	}
	opt, err := f.ports.options(device.Options{})
	if err != nil {
		return err
	}
	patience := time.AfterFunc(patienceAfter, func() { fmt.Fprintln(s.err, "earshot: still asking: a port without an answer takes half a minute") })
	found, err := detect.Find(ctx, detect.Config{Families: all.Dongles(), Options: opt, Thorough: true})
	patience.Stop()
	if err != nil {
		return err
	}
	if f.listen > 0 {
		fmt.Fprintf(s.err, "earshot: listening for %v\n", f.listen)
		open := func(ctx context.Context, spec device.Spec) (device.Receiver, error) { return all.Open(ctx, spec, opt) }
		if err := detect.Listen(ctx, found, f.listen, open); err != nil {
			return err
		}
	}
	write := func() error { return report.Receivers(s.out, s.lang, found) }
	if f.json {
		write = func() error { return report.ReceiversJSON(s.out, found) }
	}
	if err := write(); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	for _, a := range found {
		if a.Usable() {
			return nil
		}
	}
	return outcome(exitNoReceiver)
}
