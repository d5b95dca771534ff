package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"earshot/collector/site"
	"earshot/device"
	"earshot/device/lines"
	"earshot/device/wmbus"
)

func newDecode(s streams) *cobra.Command {
	var keys string
	var asJSON, skipBad bool
	cmd := &cobra.Command{
		Use:   "decode [--keys LIST] [--json] HEX… | -",
		Short: "Take telegrams apart, layer by layer",
		Long: "decode takes telegrams apart: hex with or without link-layer checksums, wireless or wired,\n" +
			"as arguments, or one a line on standard input (-). Keys come from a meter list (columns id and key).",
		Example: "earshot decode 2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24\n" +
			"earshot decode --keys list.csv --json - < telegrams.txt",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("no telegram: give it as hex, or - to read one a line from standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			d := &decodeJob{out: bufio.NewWriterSize(s.out, 1<<16), json: asJSON, list: keys, decoder: wmbus.Decoder{Templates: new(wmbus.Templates)}}
			if err := d.loadKeys(keys, skipBad, s.err); err != nil {
				return err
			}
			return d.run(cmd.Context(), args, s.in)
		},
	}
	cmd.Flags().StringVar(&keys, "keys", "", "meter list with the keys (CSV)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a telegram, in order, failed ones too")
	cmd.Flags().BoolVar(&skipBad, "skip-bad-rows", false, "go on with the good rows of a list that has bad ones")
	return cmd
}

// decodeJob decodes one telegram after the other.
type decodeJob struct {
	out      *bufio.Writer
	json     bool
	list     string // with the keys, "" where none was named
	decoder  wmbus.Decoder
	meters   []site.Meter
	index    *site.Index
	telegram wmbus.Telegram
	buf      []byte
	failed   int // telegrams that could not be read to their end
}

func (d *decodeJob) loadKeys(path string, skipBad bool, warn io.Writer) error {
	if path == "" {
		d.index = site.NewIndex(nil)
		return nil
	}
	list, err := site.ReadFile(path)
	var bad *site.BadRows
	switch {
	case errors.As(err, &bad) && skipBad:
		fmt.Fprintf(warn, "earshot: %v\n", bad)
	case errors.As(err, &bad):
		return fmt.Errorf("%w; mend the list, or leave these rows out with --skip-bad-rows", bad)
	case err != nil:
		return usage{err}
	}
	d.meters, d.index = list.Meters, site.NewIndex(list.Meters)
	return nil
}

// run decodes the arguments; "-" stands for the lines of in. It ends early
// when ctx does; what was decoded until then is printed.
func (d *decodeJob) run(ctx context.Context, args []string, in io.Reader) error {
	var err error
	for _, arg := range args {
		if arg == "-" {
			err = d.stream(ctx, in)
		} else {
			d.one([]byte(arg))
		}
	}
	if flushErr := d.out.Flush(); flushErr != nil {
		return fmt.Errorf("standard output: %w", flushErr)
	}
	if err == nil && d.failed > 0 {
		return outcome(exitNotPassed)
	}
	return err
}

// line is a line of standard input, or why there is none.
type line struct {
	text []byte
	err  error
}

// lineSink hands troubles on in their order among the lines.
type lineSink chan<- line

func (s lineSink) Frame(device.Frame) {}
func (s lineSink) Trouble(err error)  { s <- line{err: err} }

// stream decodes the lines of in, and prints whenever it has to wait for more.
func (d *decodeJob) stream(ctx context.Context, in io.Reader) error {
	source, err := lines.Open(device.Spec{Driver: "decode", Path: device.StdinPath}, device.Options{Stdin: in})
	if err != nil {
		return usage{fmt.Errorf("standard input: %w", err)}
	}
	defer source.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	read := make(chan line, 256)
	ended := make(chan error, 1)
	go func() {
		defer close(read)
		ended <- source.Each(ctx, lineSink(read), func(_ context.Context, text []byte) error {
			read <- line{text: bytes.Clone(text)}
			return nil
		})
	}()
	for {
		l, more := line{}, true
		select {
		case l, more = <-read:
		default:
			if err := d.out.Flush(); err != nil {
				cancel()
				for range read { // let the reader end
				}
				return fmt.Errorf("standard output: %w", err)
			}
			l, more = <-read
		}
		switch {
		case !more:
			if err := <-ended; err != nil && !errors.Is(err, device.ErrEnd) && ctx.Err() == nil {
				return usage{err}
			}
			return ctx.Err()
		case l.err != nil:
			d.unreadable("line", l.err)
		default:
			d.one(l.text)
		}
	}
}

// one decodes one telegram and prints it.
func (d *decodeJob) one(text []byte) {
	raw, err := lines.ParseHex(bytes.TrimSpace(text))
	if err != nil {
		d.unreadable("hex", err)
		return
	}
	frame, format, err := wmbus.Unframe(raw)
	if err != nil && !errors.Is(err, wmbus.ErrLength) {
		d.unreadable("frame", err)
		return
	}
	key := d.key(frame)
	if !d.json {
		d.explain(frame, key, format)
		return
	}
	if d.decoder.Decode(&d.telegram, frame, key) != nil {
		d.failed++
	}
	d.buf = append(d.telegram.AppendJSON(d.buf[:0]), '\n')
	d.out.Write(d.buf)
}

// key finds the key of the meter that sent a frame, nil where the list has none.
func (d *decodeJob) key(frame []byte) *wmbus.Key {
	h, err := wmbus.ParseHeader(frame)
	if err != nil {
		return nil
	}
	row, ok := d.index.Expects(h)
	if !ok {
		return nil
	}
	return d.meters[row].Key.Prepared()
}

// unreadable prints what could not even be split into fields.
func (d *decodeJob) unreadable(kind string, err error) {
	d.failed++
	if d.json {
		fmt.Fprintf(d.out, `{"id":"","manufacturer":"","version":0,"type":0,"medium":"","security":{"mode":"none","result":"not_encrypted"},"status":[],"records":[],"error":{"kind":%q,"message":%q}}`+"\n", kind, err)
		return
	}
	fmt.Fprintf(d.out, "not readable: %v\n\n", err)
}

// explain prints a telegram for a person: what it is, then every byte.
func (d *decodeJob) explain(frame []byte, key *wmbus.Key, format wmbus.Format) {
	parts, err := d.decoder.Explain(&d.telegram, frame, key)
	t, w := &d.telegram, d.out
	a := t.Header.Meter
	fmt.Fprintf(w, "%v: %s, version %02X, type %02X (frame format: %v)\n", a, a.Medium(), a.Version, byte(a.Type), format)
	fmt.Fprintf(w, "security: %s: %v\n", t.Security.Mode.Name(), t.Security.Result)
	if words := t.Status.Words(); len(words) > 0 {
		fmt.Fprintf(w, "status: %s\n", strings.Join(words, ", "))
	}
	if t.Family != "" {
		fmt.Fprintf(w, "read by the rules for: %s\n", t.Family)
	}
	for _, p := range parts {
		writePart(w, p)
	}
	if err != nil {
		d.failed++
		fmt.Fprintf(w, "but: %v\n", err)
		if t.Security.Result == wmbus.NoKey {
			fmt.Fprintf(w, "next: %s\n", plain(d.giveKey(a.ID)))
		}
	}
	fmt.Fprintln(w)
}

// giveKey says how the key that is missing is given.
func (d *decodeJob) giveKey(id wmbus.ID) string {
	if d.list == "" {
		return "put its key into a list with the columns id and key, and name that with --keys LIST"
	}
	return fmt.Sprintf("put its key into %s: the list has none for %v", d.list, id)
}

// writePart prints a range of bytes: its offset, what it is, the bytes as
// received and, where they were encrypted, in clear, and what they mean.
func writePart(w io.Writer, p wmbus.Part) {
	indent := strings.Repeat("  ", p.Depth)
	if p.Role == wmbus.RoleLayer || p.Role == wmbus.RoleRecord {
		fmt.Fprintf(w, "%4d  %s%s  %s\n", p.Offset, indent, p.Name, plain(p.Meaning))
		return
	}
	bytes := fmt.Sprintf("%X", p.Raw)
	if len(p.Clear) > 0 {
		bytes += fmt.Sprintf(" = %X", p.Clear)
	}
	fmt.Fprintf(w, "%4d  %-28s %-22s %s\n", p.Offset, indent+p.Name, bytes, plain(p.Meaning))
}
