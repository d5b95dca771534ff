package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"earshot/collector/ration"
	"earshot/collector/receivers"
	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/printable"
	"earshot/device/replay"
)

// recordFlags are the flags of `earshot record`.
type recordFlags struct {
	receivers receiverFlags
	output    string
	lasts     span
	appendTo  bool
	ports     portFlags
}

func newRecord(s streams) *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:   "record --receiver RECEIVER -o FILE",
		Short: "Record what receivers hear, for replay",
		Long: "record writes every telegram that receivers hear to a file (JSON Lines), until ctrl+c or the end of --for.\n" +
			"The file is written to disk every second. Telegrams stay encrypted.",
		Example: "earshot record --receiver auto:c1,t1 -o building.jsonl --for 10m\n" +
			"earshot record --receiver tcp://gateway:9022 -o building.jsonl --append\n" +
			"earshot record --receiver rtlwmbus -o - | grep 76348799",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), s) },
	}
	flags := cmd.Flags()
	f.receivers.add(cmd, "what to listen with, such as auto:c1,t1 or tcp://host:port")
	flags.StringVarP(&f.output, "output", "o", "", "the file to write; - is standard output")
	flags.Var(&f.lasts, "for", "end after this time (default: at ctrl+c)")
	flags.BoolVar(&f.appendTo, "append", false, "append to the file if it exists")
	f.ports.add(cmd)
	f.ports.addFlash(cmd)
	f.ports.addCommand(cmd)
	return cmd
}

func (f *recordFlags) run(ctx context.Context, s streams) error {
	switch {
	case len(f.receivers.names) == 0:
		return usageError("no receiver: name one with --receiver, such as auto:c1,t1 or tcp://host:port")
	case f.output == "":
		return usageError("no output file: name one with -o FILE, or use -o - for standard output")
	}
	opt, err := f.ports.options(device.Options{Stdin: s.in})
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
	file, err := f.create(s)
	if err != nil {
		receivers.Close(opened)
		return err
	}
	return f.record(ctx, opened, file, s)
}

func (f *recordFlags) create(s streams) (*replay.File, error) {
	if f.output == "-" {
		return replay.NewStream("standard output", s.out), nil
	}
	file, err := replay.Create(f.output, f.appendTo)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s already exists: choose another name, or append to it with --append", f.output)
	}
	if err != nil {
		return nil, usage{err}
	}
	return file, nil
}

// record writes what all receivers hear, until ctx ends or they have.
func (f *recordFlags) record(ctx context.Context, sources []receivers.Source, file *replay.File, s streams) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if f.lasts > 0 {
		end := time.AfterFunc(time.Duration(f.lasts), cancel)
		defer end.Stop()
	}
	told := &troublePrinter{w: s.err}
	recorder := replay.NewRecorder(file, told.trouble)
	s.ending.keeps(func() string {
		if n := recorder.Waiting(); n > 0 {
			return report.Count(n, "telegram") + " that were heard and not written"
		}
		return ""
	})
	group := receivers.New(receivers.Config{Now: time.Now}, sources)
	done, stop := context.WithCancel(context.Background())
	var writing sync.WaitGroup
	var unwritten error
	writing.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		unwritten = recorder.Run(done, ticker.C)
		cancel() // if it cannot be written there is no point in receiving
	})
	err := group.Run(ctx, func(int) receivers.Observer { return receivers.AsTrouble{Sink: recorder} })
	stop()
	writing.Wait()
	told.rest()
	fmt.Fprintf(s.err, "earshot: %s recorded, %s%s\n", report.Count(recorder.Recorded(), "telegram"), report.Count(told.count(), "trouble"), lostToDisk(recorder.Dropped()))
	if err != nil {
		err = &state.Failure{Kind: state.KindDevice, Err: err}
	}
	return errors.Join(err, unwritten)
}

func lostToDisk(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d lost because the disk was too slow", n)
}

// troublePrinter prints what receivers could not read: not each time, if it happens
// again and again.
type troublePrinter struct {
	mu     sync.Mutex
	w      io.Writer
	n      int
	ration ration.Ration[bool] // by whether a receiver is lost
}

func (t *troublePrinter) trouble(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !errors.As(err, new(*device.Notice)) {
		t.n++
	}
	lost, rule := errors.Is(err, device.ErrGone), ration.Usual
	if lost {
		rule = ration.Vital
	}
	if m, ok := t.ration.Take(lost, rule, err.Error(), 1, time.Now()); ok {
		t.print(m)
	}
}

// rest prints what was held back.
func (t *troublePrinter) rest() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.ration.Rest(time.Now()) {
		t.print(m)
	}
}

func (t *troublePrinter) print(m ration.Message) {
	fmt.Fprintf(t.w, "earshot: %s\n", printable.Text(m.String()))
}

func (t *troublePrinter) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}
