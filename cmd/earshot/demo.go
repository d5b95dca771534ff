package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"earshot/assets"
	"earshot/collector"
	"earshot/collector/site"
	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/device"
	"earshot/device/replay"
)

// demoSite is what the demo's building is called; the screen says that it is
// a simulated one.
const demoSite = assets.DemoSite + " (simulated)"

func newDemo(s streams) *cobra.Command {
	var out outputFlags
	var speed float64
	var family string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Commission a simulated building, without hardware or network",
		Long: "demo commissions 48 meters of a simulated building from a recording. Telegrams are really decrypted, decoded\n" +
			"and delivered, to an embedded broker on a free port of this machine. The keys are made up, like the building.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := out.check(); err != nil {
				return err
			}
			if err := errors.Join(checkSpeed(speed), dongleFlag(family)); err != nil {
				return err
			}
			return runDemo(cmd.Context(), speed, family, out, s)
		},
	}
	cmd.Flags().Float64Var(&speed, "speed", 1, "play the recording this many times faster, including waiting times")
	cmd.Flags().StringVar(&family, "dongle", "", "receive through a driver and an emulated dongle: "+familyNames())
	out.add(cmd)
	return cmd
}

// runDemo writes everything to a temporary directory that it removes at the end.
func runDemo(ctx context.Context, speed float64, family string, out outputFlags, s streams) (err error) {
	dir, err := os.MkdirTemp("", "earshot-demo-")
	if err != nil {
		return fmt.Errorf("cannot create a folder for the demo's files: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg, err := demoConfig(dir, speed)
	if err != nil {
		return err
	}
	if family != "" {
		plugged, open, err := emulated(dir, family, speed)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, plugged.Close()) }()
		cfg.Receivers = []device.Open{open}
	}
	server, err := broker.Start()
	if err != nil {
		return fmt.Errorf("the demo's broker: %w", err)
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	cfg.Brokers = []collector.Destination{{Config: upload.Config{Broker: server.URL()}}}
	return runCampaign(ctx, cfg, out, s)
}

func demoConfig(dir string, speed float64) (collector.Config, error) {
	list, err := site.Read(bytes.NewReader(assets.DemoMeters()), "meters.csv")
	if err != nil {
		return collector.Config{}, err
	}
	list.Name = demoSite
	history, err := demoHistory(time.Now())
	if err != nil {
		return collector.Config{}, err
	}
	recording := filepath.Join(dir, "building.jsonl")
	if err := os.WriteFile(recording, assets.DemoRecording(), 0o600); err != nil {
		return collector.Config{}, fmt.Errorf("cannot write the demo's recording: %w", err)
	}
	receivers, err := openers([]device.Spec{{Driver: "replay", Path: recording}}, device.Options{Speed: speed})
	return collector.Config{
		Load:      func(context.Context) (site.Site, error) { return list.Site, nil },
		Receivers: receivers,
		StorePath: filepath.Join(dir, "demo.db"),
		History:   history,
		Speed:     speed,
		RoundOnly: true,
	}, err
}

// demoHistory is what an earlier round heard, shifted to the present like the
// recording: cached readings look two days old.
func demoHistory(now time.Time) ([]device.Frame, error) {
	recording, err := replay.Read(bytes.NewReader(assets.DemoRecording()))
	if err != nil {
		return nil, err
	}
	history, err := replay.Read(bytes.NewReader(assets.DemoHistory()))
	if err != nil {
		return nil, err
	}
	shift := now.Sub(recording[0].AirTime)
	for i := range history {
		history[i].Time = history[i].AirTime.Add(shift)
	}
	return history, nil
}
