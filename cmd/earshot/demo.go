package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"earshot/assets"
	"earshot/cmd/earshot/lists"
	"earshot/collector"
	"earshot/collector/site"
	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/device"
	"earshot/device/replay"
	"earshot/device/simulate"
)

// demoSite is what the demo's building is called; the screen says that it is
// a simulated one.
const demoSite = assets.DemoSite + " (simulated)"

func newDemo(s streams) *cobra.Command {
	var out outputFlags
	var speed float64
	var family string
	var training trainingFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Commission a simulated building, without hardware or network",
		Long: "demo commissions 48 meters of a simulated building from a recording. Telegrams are really decrypted, decoded\n" +
			"and delivered, to an embedded broker on a free port of this machine. The keys are made up, like the building.\n\n" +
			"For training, --mishaps and --seed make another building, in which what you name is wrong, or what chance brings.\n" +
			"What it was is printed at the end. The mishaps: " + mishapWords() + ".",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(out.check(), out.checkTerminal(s)); err != nil {
				return err
			}
			scene, err := training.scene(cmd.Flags().Changed("seed"))
			if err := errors.Join(checkSpeed(speed), dongleFlag(family), err); err != nil {
				return err
			}
			err = runDemo(cmd.Context(), scene, speed, family, out, s)
			if !out.json {
				err = errors.Join(err, scene.solve(s.out))
			}
			return err
		},
	}
	cmd.Flags().Float64Var(&speed, "speed", 1, "play the recording this many times faster, including waiting times")
	cmd.Flags().StringVar(&family, "dongle", "", "receive through a driver and an emulated dongle: "+familyNames())
	training.add(cmd)
	out.add(cmd)
	return cmd
}

// runDemo writes everything to a temporary directory that it removes at the end.
func runDemo(ctx context.Context, scene scene, speed float64, family string, out outputFlags, s streams) (err error) {
	dir, err := os.MkdirTemp("", "earshot-demo-")
	if err != nil {
		return fmt.Errorf("cannot create a folder for the demo's files: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg, err := demoConfig(dir, scene, speed)
	if err != nil {
		return err
	}
	if family != "" {
		plugged, open, err := emulated(dir, family, scene.recording, speed)
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

func demoConfig(dir string, scene scene, speed float64) (collector.Config, error) {
	list, err := lists.ReadEmbedded(bytes.NewReader(scene.list), "meters.csv")
	if bad := (*site.BadRows)(nil); errors.As(err, &bad) {
		list.LeftOut, err = bad.Rows, nil
	}
	if err != nil {
		return collector.Config{}, err
	}
	list.Name = demoSite
	history, err := scene.earlier(time.Now())
	if err != nil {
		return collector.Config{}, err
	}
	recording := filepath.Join(dir, "building.jsonl")
	if err := os.WriteFile(recording, scene.recording, 0o600); err != nil {
		return collector.Config{}, fmt.Errorf("cannot write the demo's recording: %w", err)
	}
	receivers, err := openers([]device.Spec{{Driver: "replay", Path: recording}}, device.Options{Speed: speed})
	return collector.Config{
		Load:      func(context.Context) (site.Site, error) { return list, nil },
		Receivers: receivers,
		StorePath: filepath.Join(dir, "demo.db"),
		History:   history,
		Speed:     speed,
		RoundOnly: true, TimeoutAuto: true,
	}, err
}

// trainingFlags ask for another building than Søndergade 12.
type trainingFlags struct {
	mishaps []string
	seed    uint64
}

func (f *trainingFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.mishaps, "mishaps", nil, "another building, in which these are wrong; without --seed, that of seed 1")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "another building, that of this number; without --mishaps, with one to ten of them")
}

func mishapWords() string {
	var words []string
	for _, k := range simulate.Kinds() {
		words = append(words, k.Word())
	}
	return strings.Join(words, ", ")
}

// scene is a building for the demo: its list, what is received in it, and what was
// before.
type scene struct {
	list, recording, history []byte
	wrong                    []string // what is wrong with it, by line of the list
}

// trainingLength is how long the recording of another building is.
const trainingLength = 5 * time.Minute

// scene makes the building that was asked for: Søndergade 12 if there is no flag.
func (f *trainingFlags) scene(seeded bool) (scene, error) {
	if len(f.mishaps) == 0 && !seeded {
		return scene{list: assets.DemoMeters(), recording: assets.DemoRecording(), history: assets.DemoHistory()}, nil
	}
	var kinds []simulate.Kind
	for _, text := range f.mishaps {
		kind, err := simulate.ParseKind(text)
		if err != nil {
			return scene{}, usageError("--mishaps: %v: write %s", err, mishapWords())
		}
		kinds = append(kinds, kind)
	}
	b := simulate.Random(f.seed, kinds...)
	var list, recording, history bytes.Buffer
	if err := simulate.WriteList(&list, b.Rows()); err != nil {
		return scene{}, err
	}
	for frame := range b.Telegrams(0, trainingLength) {
		if err := write(&recording, frame); err != nil {
			return scene{}, err
		}
	}
	for _, frame := range b.History() {
		if err := write(&history, frame); err != nil {
			return scene{}, err
		}
	}
	out := scene{list: list.Bytes(), recording: recording.Bytes(), history: history.Bytes()}
	for _, m := range b.Mishaps() {
		for _, row := range m.Rows {
			out.wrong = append(out.wrong, fmt.Sprintf("line %d: %s (the meter there is %s)", row+2, m.Kind, m.Meter.Address))
		}
	}
	return out, nil
}

// write appends a frame to a recording.
func write(to *bytes.Buffer, f device.Frame) error {
	f.Receiver = "simulated"
	return replay.NewWriter(to).Write(f)
}

// solve prints what was wrong, of a building other than Søndergade 12.
func (s *scene) solve(w io.Writer) error {
	if len(s.wrong) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "\nSimulated in this building:\n  %s\n", strings.Join(s.wrong, "\n  "))
	return err
}

// earlier is what an earlier round heard, shifted to the present like the
// recording: cached readings look two days old.
func (s *scene) earlier(now time.Time) ([]device.Frame, error) {
	recording, err := replay.Read(bytes.NewReader(s.recording))
	if err != nil {
		return nil, err
	}
	history, err := replay.Read(bytes.NewReader(s.history))
	if err != nil || len(recording) == 0 {
		return nil, err
	}
	shift := now.Sub(recording[0].AirTime)
	for i := range history {
		history[i].Time = history[i].AirTime.Add(shift)
	}
	return history, nil
}
