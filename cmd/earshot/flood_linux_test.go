package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/device/wmbus"
)

const (
	floodMeters  = 200
	floodRate    = 100_000 // foreign telegrams a second
	floodSeconds = 10
	floodKept    = 2000 // --keep-unlisted
)

// TestFlood sends 100,000 telegrams of unlisted meters a second for 10 s over tcp,
// and two of each listed meter in between: the first one for its read, the second
// one when the read has ended. Each of them is stored and read, the store grows by
// the bound of unlisted telegrams, and so does memory.
func TestFlood(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"raw", "text"} {
		t.Run(form, func(t *testing.T) { floodOver(t, form) })
	}
}

func floodOver(t *testing.T, form string) {
	dir := t.TempDir()
	list, store := filepath.Join(dir, "list.csv"), filepath.Join(dir, "site.db")
	var rows bytes.Buffer
	fmt.Fprintln(&rows, "id,manufacturer,key")
	for i := range floodMeters {
		fmt.Fprintf(&rows, "%08d,KAM,%x\n", 10_000_000+i, floodKey(i))
	}
	if err := os.WriteFile(list, rows.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	air, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer air.Close()
	run := startHeadless(t, "--site", list, "--store", store, "--until", "forever", "--timeout", "10m", "--keep-unlisted", fmt.Sprint(floodKept),
		"--receiver", "tcp://"+air.Addr().String()+"?format="+form)
	defer func() { _ = run.cmd.Process.Kill() }()
	sent := make(chan error, 1)
	go func() { sent <- sendFlood(air, form) }()
	heard, skipped, memory := map[string]int{}, 0, 0.0
	ended := time.AfterFunc(5*time.Minute, func() { _ = run.cmd.Process.Kill() }) // a busy machine needs longer than 10 s
	defer ended.Stop()
	code := run.each(t, func(l told) {
		switch l.Event {
		case "decoded":
			if heard[l.Meter]++; total(heard) == 2*floodMeters {
				memory = peakMemory(t, run.cmd.Process.Pid) // not the process's usage: that includes what the test had when it started it
				_ = run.cmd.Process.Signal(syscall.SIGTERM)
			}
		case "unlisted_not_stored":
			skipped += l.Count
		}
	})
	if err := <-sent; err != nil {
		t.Error(err)
	}
	telegrams, unlisted := storedTelegrams(t, store)
	size, err := os.Stat(store)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d listed read, %d listed stored, %d unlisted stored, %d not; %.0f MB resident, store %d kB", total(heard), telegrams, unlisted, skipped, memory, size.Size()/1000)
	if code != 0 || total(heard) != 2*floodMeters || len(heard) != floodMeters || telegrams != 2*floodMeters {
		t.Errorf("exit code %d, %d telegrams of %d meters read, %d stored; want all %d; %s", code, total(heard), len(heard), telegrams, 2*floodMeters, run.errs.String())
	}
	if unlisted > floodKept {
		t.Errorf("%d unlisted telegrams are stored, want %d at most", unlisted, floodKept)
	}
	const queued = 1000 // listed telegrams go first: when the last one ends the run, others may still wait
	if most := floodRate*floodSeconds - unlisted; skipped > most || skipped < most-queued {
		t.Errorf("%d unlisted telegrams were counted as not stored, want %d", skipped, most)
	}
	if memory > floodMemory {
		t.Errorf("%.0f MB were resident, want %d at most", memory, floodMemory)
	}
	checkStore(t, list, store)
	if most := int64(1<<20 + 400*(floodKept+2*floodMeters)); size.Size() > most {
		t.Errorf("the store has %d bytes, want %d at most", size.Size(), most)
	}
}

// TestNoiseOverTCP sends random bytes, and after a pause one telegram: no meter is
// shown or stored but that one.
func TestNoiseOverTCP(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	list, store := filepath.Join(dir, "list.csv"), filepath.Join(dir, "site.db")
	if err := os.WriteFile(list, fmt.Appendf(nil, "id,manufacturer,key\n10000000,KAM,%x\n", floodKey(0)), 0o600); err != nil {
		t.Fatal(err)
	}
	air, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer air.Close()
	run := startHeadless(t, "--site", list, "--store", store, "--timeout", "5m", "--receiver", "tcp://"+air.Addr().String())
	defer func() { _ = run.cmd.Process.Kill() }()
	sent := make(chan error, 1)
	go func() {
		sent <- func() error {
			conn, err := air.Accept()
			if err != nil {
				return err
			}
			defer conn.Close()
			noise, dice := make([]byte, 20<<20), rand.New(rand.NewPCG(7, 7))
			for i := range noise {
				noise[i] = byte(dice.Uint32())
			}
			if _, err := conn.Write(noise); err != nil {
				return err
			}
			<-time.After(3 * time.Second) // longer than any pause within a telegram
			telegram, err := listedTelegram(0, 1)
			if err == nil {
				_, err = conn.Write(telegram)
			}
			_, _ = conn.Read(make([]byte, 1)) // until the program ends
			return err
		}()
	}()
	code := run.each(t, func(l told) {
		if l.Event == "unlisted_heard" {
			t.Errorf("an unlisted meter is shown: %s", run.lines.Bytes())
		}
	})
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if listed, unlisted := storedTelegrams(t, store); code != 0 || listed != 1 || unlisted != 0 {
		t.Errorf("exit code %d, %d listed and %d unlisted telegrams are stored, want 0, 1 and 0", code, listed, unlisted)
	}
}

// floodMemory is in MB; a busy machine needs no more.
const floodMemory = 100

// floodKey is the key of a listed meter.
func floodKey(i int) []byte { return fmt.Appendf(nil, "flood key %06d", i) }

func total(each map[string]int) (n int) {
	for _, m := range each {
		n += m
	}
	return n
}

// sendFlood sends the telegrams to the first that connects.
func sendFlood(air net.Listener, form string) error {
	conn, err := air.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	foreign, err := floodTelegram(wmbus.Address{Manufacturer: maker("ZZZ"), Version: 1, Type: wmbus.TypeWater}, nil, 0)
	if err != nil {
		return err
	}
	const step = 10 * time.Millisecond
	steps, each := int(floodSeconds*time.Second/step), floodRate/int(time.Second/step)
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	var out []byte
	put := func(telegram []byte) {
		if form == "raw" {
			out = append(out, telegram...)
		} else {
			out = append(hex.AppendEncode(out, telegram), '\n')
		}
	}
	number, listed := 0, 0
	for i := range steps {
		out = out[:0]
		for range each {
			for j, n := 0, 20_000_000+number; j < 4; j, n = j+1, n/100 {
				foreign[4+j] = byte(n/10%10<<4 | n%10)
			}
			put(foreign)
			number++
		}
		for ; listed*steps < 2*floodMeters*(i+1); listed++ {
			telegram, err := listedTelegram(listed%floodMeters, listed)
			if err != nil {
				return err
			}
			put(telegram)
		}
		if _, err := conn.Write(out); err != nil {
			return err
		}
		<-ticker.C
	}
	_, _ = conn.Read(make([]byte, 1)) // until the program ends
	return nil
}

// bcd writes a number as a meter does.
func bcd(n int) (id wmbus.ID) {
	for i := range 8 {
		id |= wmbus.ID(n%10) << (4 * i)
		n /= 10
	}
	return id
}

// floodTelegram is a telegram of a water meter.
func floodTelegram(from wmbus.Address, key *wmbus.Key, litres int64) ([]byte, error) {
	code, _ := wmbus.VIF(wmbus.Volume, wmbus.UnitM3, -3)
	head := wmbus.Head{VIF: code}
	msg := wmbus.Message{Link: from, CI: 0x7A, Access: 1, Mode: wmbus.ModeAESIV, Payload: head.Int(nil, 4, litres)}
	if key == nil {
		msg.Mode = wmbus.ModeNone
	}
	return msg.Append(nil, key)
}

// listedTelegram is a telegram of a listed meter.
func listedTelegram(i, litres int) ([]byte, error) {
	key, err := site.NewKey(floodKey(i))
	if err != nil {
		return nil, err
	}
	return floodTelegram(wmbus.Address{Manufacturer: maker("KAM"), ID: bcd(10_000_000 + i), Version: 1, Type: wmbus.TypeWater}, key.Prepared(), int64(litres))
}

// storedTelegrams counts the telegrams of a store.
func storedTelegrams(t *testing.T, store string) (listed, unlisted int) {
	t.Helper()
	for line := range bytes.Lines((&tortured{t: t}).ask("store", "export", "--format", "jsonl", store)) {
		var entry struct{ Kind, Meter string }
		if err := json.Unmarshal(line, &entry); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		switch {
		case entry.Kind != "telegram":
		case entry.Meter == "":
			unlisted++
		default:
			listed++
		}
	}
	return listed, unlisted
}

func maker(letters string) wmbus.Manufacturer {
	m, _ := wmbus.ParseManufacturer(letters)
	return m
}
