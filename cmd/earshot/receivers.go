package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"earshot/device"
	"earshot/device/all"
	"earshot/device/detect"
	"earshot/device/port"
)

// tellAfter is when the user is told that it takes longer.
const tellAfter = 5 * time.Second

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
		Short: "What is attached, what is wrong with it, and how to mend that",
		Long: "receivers asks every USB serial port which dongle is there, and says of each what it is, what it can hear at the\n" +
			"same time and, where it cannot be used, why and what to do. Nothing is changed that a dongle does not forget when it\n" +
			"restarts. A port where nobody answers takes half a minute, since other line speeds are tried. Exit code 3 means that no\n" +
			"receiver can be used.",
		Example: "earshot receivers\nearshot receivers --listen 60s\nearshot receivers --json --dongle-path-glob '/dev/serial/by-id/*'",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), s)
		},
	}
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON object a line for each port")
	cmd.Flags().DurationVar(&f.listen, "listen", 0, "listen for this time and count the telegrams of each receiver: one that answers may be deaf")
	f.ports.add(cmd)
	return cmd
}

func (f *receiversFlags) run(ctx context.Context, s streams) error {
	if f.listen < 0 {
		return usageError("--listen %v: it cannot be less than 0", f.listen)
	}
	opt, err := f.ports.options(device.Options{})
	if err != nil {
		return err
	}
	patience := time.AfterFunc(tellAfter, func() { fmt.Fprintln(s.err, "earshot: still asking: a port where nobody answers takes half a minute") })
	findings, err := detect.Find(ctx, detect.Config{Families: all.Dongles(), Options: opt, Thorough: true})
	patience.Stop()
	if err != nil {
		return err
	}
	found := make([]attachment, len(findings))
	for i, finding := range findings {
		found[i] = attachment{Finding: finding}
	}
	if f.listen > 0 {
		fmt.Fprintf(s.err, "earshot: listening for %v\n", f.listen)
		if err := listenAll(ctx, found, f.listen, opt); err != nil {
			return err
		}
	}
	write := writeReceivers
	if f.json {
		write = writeReceiversJSON
	}
	if err := write(s.out, found); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	for _, a := range found {
		if a.Usable() {
			return nil
		}
	}
	return outcome(exitNoReceiver)
}

// attachment is what was found at a port, and what it heard.
type attachment struct {
	detect.Finding
	listened  bool
	telegrams int64
}

// errDeaf is the kind of problem of a receiver that answers and hears nothing.
var errDeaf = errors.New("deaf")

// listenAll listens with every usable receiver side by side, and makes a
// problem of those that hear nothing.
func listenAll(ctx context.Context, found []attachment, d time.Duration, opt device.Options) error {
	var listening sync.WaitGroup
	for i := range found {
		if a := &found[i]; a.Usable() {
			listening.Go(func() { a.listen(ctx, d, opt) })
		}
	}
	listening.Wait()
	return ctx.Err()
}

func (a *attachment) listen(ctx context.Context, d time.Duration, opt device.Options) {
	r, err := all.Open(ctx, device.Spec{Driver: a.Driver, Path: a.Port.Path}, opt)
	if err != nil {
		a.Err = err
		return
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var heard counter
	err = r.Receive(ctx, &heard)
	a.listened, a.telegrams = true, heard.telegrams.Load()
	switch {
	case ctx.Err() == nil:
		a.Err = err
	case a.telegrams == 0:
		a.Err = &port.Problem{
			Path: a.Port.Path, Kind: errDeaf, Cause: fmt.Sprintf("it answers, but heard no telegram in %v", d),
			Cure: "screw its antenna tight, go nearer to a meter that sends, or listen longer; if it stays deaf, pull it and plug it in again",
		}
	}
}

// counter is a sink that only counts.
type counter struct{ telegrams atomic.Int64 }

func (c *counter) Frame(device.Frame) { c.telegrams.Add(1) }
func (c *counter) Trouble(error)      {}
