package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/device/printable"
	"earshot/device/text"
	"earshot/device/wmbus"
)

// TestDecodeOrder compares what all cores print with what one telegram after
// the other gives. Compact frames stand before and behind the full frames that
// they need, over many batches.
func TestDecodeOrder(t *testing.T) {
	t.Parallel()
	maker, err := wmbus.ParseManufacturer("ZRI")
	if err != nil {
		t.Fatal(err)
	}
	var input []byte
	add := func(format, ci int, content []byte) {
		m := wmbus.Message{Link: wmbus.Address{Manufacturer: maker, ID: wmbus.ID(format), Type: wmbus.TypeWater}, CI: byte(ci), Payload: content}
		frame, err := m.Append(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		input = append(hex.AppendEncode(input, frame), '\n')
	}
	for i := range 3000 {
		format := i % 40
		full := append([]byte{0x04, 0x13, byte(i), 0, 0, 0}, bytes.Repeat([]byte{0x01, 0xFD, 0x28, 0x01}, format+1)...)
		compact, err := wmbus.AppendCompact(nil, full)
		if err != nil {
			t.Fatal(err)
		}
		if i/40%10 == format%10 {
			add(format, 0x78, full)
		} else {
			add(format, 0x79, compact)
		}
		if i%500 == 0 {
			input = append(input, "broken\n"...)
		}
	}
	job := func(out io.Writer) *decodeJob {
		return &decodeJob{out: out, json: true, index: site.NewIndex(nil)}
	}
	alone := batchDecoder{decodeJob: job(nil), decoder: wmbus.Decoder{Templates: new(wmbus.Templates)}}
	var want []byte
	decode := func(b decodeBatch) {
		alone.decode(&b)
		want = append(want, b.out...)
	}
	r := text.NewReader(time.UTC,
		func(t text.Telegram) { decode(decodeBatch{frames: t.Bytes, items: []decodeItem{{to: len(t.Bytes)}}}) },
		func(line int, err error) {
			decode(decodeBatch{items: []decodeItem{{err: fmt.Errorf("line %d: %w", line, err)}}})
		})
	no := 0
	for line := range bytes.Lines(input) {
		no++
		r.Line(no, bytes.TrimSpace(line))
	}
	if waiting := strings.Count(string(want), `"need_format"`); waiting < 60 || waiting > 1000 {
		t.Fatalf("%d telegrams wait for a full frame: the test would show nothing", waiting)
	}
	for range 5 {
		var got bytes.Buffer
		if err := job(&got).run(t.Context(), []string{"-"}, bytes.NewReader(input)); !errors.Is(err, outcome(exitNotPassed)) {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Fatal("the order in which telegrams are decoded shows in the output")
		}
	}
}

// TestDecodePrintsBeforeItWaits types one telegram and reads its answer before
// the next.
func TestDecodePrintsBeforeItWaits(t *testing.T) {
	t.Parallel()
	in, typed := io.Pipe()
	printed, out := io.Pipe()
	d := &decodeJob{out: out, json: true, index: site.NewIndex(nil)}
	done := make(chan error, 1)
	go func() { done <- d.run(t.Context(), []string{"-"}, in) }()
	answer := make([]byte, 1<<16)
	for range 3 {
		if _, err := io.WriteString(typed, "1244AE0C7856341201078C2027780B13436587\n"); err != nil {
			t.Fatal(err)
		}
		if n, err := printed.Read(answer); err != nil || !strings.Contains(string(answer[:n]), `"value":876.543`) {
			t.Fatalf("%s, %v", answer[:n], err)
		}
	}
	_ = typed.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

type closedOutput struct{}

func (closedOutput) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestDecodeOutputClosed ends without reading an endless input.
func TestDecodeOutputClosed(t *testing.T) {
	t.Parallel()
	d := &decodeJob{out: closedOutput{}, json: true, index: site.NewIndex(nil)}
	err := d.run(t.Context(), []string{"-"}, endless{})
	if !errors.Is(err, io.ErrClosedPipe) || !strings.HasPrefix(err.Error(), "standard output: ") {
		t.Errorf("%v", err)
	}
}

// endless is a telegram again and again.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	const line = "1244AE0C7856341201078C2027780B13436587\n"
	return copy(p, strings.Repeat(line, max(1, len(p)/len(line)))), nil
}

// FuzzDecodeOutput decodes anything, as bytes of a telegram and as a line: what is
// printed can be shown, and JSON is JSON.
func FuzzDecodeOutput(f *testing.F) {
	for _, text := range []string{"bath", obeyed, "\xff\xfe", "\u202e{\"telegram\":\"\"}"} {
		telegram, err := hex.DecodeString(telegramWith(text))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(telegram, text)
	}
	f.Fuzz(func(t *testing.T, telegram []byte, line string) {
		for _, asJSON := range []bool{false, true} {
			var out, warn bytes.Buffer
			d := &decodeJob{out: printable.NewWriter(&out), warn: printable.NewWriter(&warn), json: asJSON, index: site.NewIndex(nil)}
			err := d.run(t.Context(), []string{"-"}, strings.NewReader(hex.EncodeToString(telegram)+"\n"+line+"\n"))
			if code := exitCode(err); code == exitFailed {
				t.Errorf("%v", err)
			}
			checkPrinted(t, "output", out.Bytes())
			checkPrinted(t, "warnings", warn.Bytes())
			for line := range bytes.Lines(out.Bytes()) {
				if asJSON && !json.Valid(line) {
					t.Errorf("%q is not JSON", line)
				}
			}
		}
	})
}
