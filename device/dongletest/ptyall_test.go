//go:build linux

package dongletest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// dialogue is a probe of each family, what makes it listen to mode T1, and what
// it then says of a telegram.
type dialogue struct {
	rate                                      uint32
	probe, reply, listen, listening, telegram string
}

func dialogues(t testing.TB) map[Family]dialogue {
	rssi := vector[2:]
	return map[Family]dialogue{
		IM871A:  {rate: 57600, probe: "A5010100", reply: "A5010200", listen: "A5010306000203300100", listening: "A5010400", telegram: "A5420312" + rssi + "7D"},
		IU891A:  {rate: 115200, probe: "C001011607C0", reply: "C0010200A0AFC0", listen: upper(slip([]byte{9, 3, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0})), listening: upper(slip([]byte{9, 4, 0})), telegram: "43658793" + "8EC0"},
		AMB8465: {rate: 9600, probe: "FF0B00F4", reply: "FF8B042701CE25BD", listen: "FF040106FC", listening: "FF8401007A", telegram: upper(ambFrame(3, append(pattern(t, rssi), 0x1C)...))},
		CUL:     {rate: 38400, probe: "560A", reply: upper(culSays("V 1.67 nanoCUL868")), listen: "5832310A6272740A", listening: upper(culSays("TMODE")), telegram: upper(culSays("821C"))},
		RC1180:  {rate: 19200, probe: "0058", reply: "3E", listen: "", listening: "", telegram: "13" + rssi + "78"},
		Embit:   {rate: 9600, probe: "00040105", reply: "000681404910", listen: "00051119" + "2F" + "00043135", listening: "00059100960005B100B6", telegram: upper(ebi(0xE0, append(pattern(t, "8000C4"), pattern(t, vector)...)...))},
	}
}

func TestEveryFamilyOnPTY(t *testing.T) {
	t.Parallel()
	for family, talk := range dialogues(t) {
		t.Run(string(family), func(t *testing.T) {
			t.Parallel()
			d := startOnPTY(t, family, Settings{})
			port := openPort(t, d.Path(), talk.rate)
			say := func(request, want string) {
				t.Helper()
				if _, err := port.Write(pattern(t, request)); err != nil {
					t.Fatal(err)
				}
				readUntil(t, port, pattern(t, want))
			}
			say(talk.probe, talk.reply)
			if family != RC1180 { // it is set up for T1
				say(talk.listen, talk.listening)
			}
			if !d.Send(frame(t, "T1", -60)) {
				t.Fatalf("the telegram was not heard: %+v", d.State())
			}
			readUntil(t, port, pattern(t, talk.telegram))
			if s := d.State(); s.FlashWrites != 0 || s.Telegrams != 1 || !s.Open {
				t.Errorf("state %+v", s)
			}
		})
	}
}

// TestDescriptors is not parallel: it counts the files of the whole process.
func TestDescriptors(t *testing.T) {
	count := func() int {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	d := startOnPTY(t, IM871A, Settings{})
	port := openPort(t, d.Path(), 57600)
	_ = port.Close()
	d.Unplug() // one that is plugged in opens its port for a moment when the host has closed it
	before := count()
	for i := range 50 {
		if err := d.Replug([]string{"ttyUSB1", "ttyUSB0"}[i%2]); err != nil {
			t.Fatal(err)
		}
		port := openPort(t, d.Path(), 57600)
		_, _ = port.Write(pattern(t, ping))
		readUntil(t, port, pattern(t, pong))
		_ = port.Close()
		d.Unplug()
	}
	if after := count(); after != before {
		t.Errorf("%d files open before, %d after", before, after)
	}
	if err := d.Replug("ttyUSB0"); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Dir(d.Path())); err != nil || len(entries) != 1 {
		t.Errorf("ports %v, %v", entries, err)
	}
	_ = d.Close()
	if s := d.State(); s.Opens < 50 {
		t.Errorf("opened %d times, want 50 at least", s.Opens)
	}
}

// TestManyTelegramsOnPTY sends as fast as the host reads: nothing is lost.
func TestManyTelegramsOnPTY(t *testing.T) {
	t.Parallel()
	const telegrams = 10_000
	d := startOnPTY(t, IM871A, Settings{})
	port := openPort(t, d.Path(), 57600)
	_, _ = port.Write(pattern(t, setT))
	readUntil(t, port, pattern(t, "A5010400"))
	sent := make(chan int)
	go func() {
		n := 0
		for range telegrams {
			if d.Send(frame(t, "T1", -60)) {
				n++
			}
		}
		sent <- n
	}()
	one := pattern(t, "A5420312"+vector[2:]+"7D")
	got := make([]byte, telegrams*len(one))
	_ = port.SetReadDeadline(time.Now().Add(60 * time.Second))
	if n, err := io.ReadFull(port, got); err != nil || !bytes.Equal(got, bytes.Repeat(one, telegrams)) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if n := <-sent; n != telegrams {
		t.Errorf("%d telegrams went to the host", n)
	}
}

// TestCULRestartsWhenOpened: opening the port toggles DTR.
func TestCULRestartsWhenOpened(t *testing.T) {
	t.Parallel()
	for _, native := range []bool{false, true} {
		d := startOnPTY(t, CUL, Settings{NativeUSB: native})
		port := openPort(t, d.Path(), 38400)
		if native {
			setRate(t, port, 9600) // which it ignores
		}
		_, _ = port.Write([]byte("X21\nbrt\n"))
		readUntil(t, port, culSays("TMODE"))
		_ = port.Close()
		eventually(t, d, "closed", func(s State) bool { return !s.Open })
		port = openPort(t, d.Path(), 38400)
		eventually(t, d, "open", func(s State) bool { return s.Open })
		if got := d.State().Modes != nil; got != native {
			t.Errorf("native %v: after opening again it listens: %v", native, got)
		}
		_ = port.Close()
	}
}

// TestWrongBaudConfusesAmber: after bytes at 57600 baud it must be left alone
// for a second (docs/protocol/dongles.md#probing).
func TestWrongBaudOnPTY(t *testing.T) {
	t.Parallel()
	d := startOnPTY(t, AMB8465, Settings{Baud: 19200})
	port := openPort(t, d.Path(), 9600)
	for range 3 {
		_, _ = port.Write(pattern(t, "FF0B00F4"))
	}
	garbage := make([]byte, 100)
	_ = port.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if n, err := port.Read(garbage); err == nil {
		t.Errorf("an answer at a wrong rate: % X", garbage[:n])
	}
	setRate(t, port, 19200)
	answered := func() bool {
		_, _ = port.Write(pattern(t, "FF0B00F4"))
		_ = port.SetReadDeadline(time.Now().Add(1200 * time.Millisecond))
		n, _ := port.Read(garbage)
		return bytes.Equal(garbage[:n], pattern(t, "FF8B042701CE25BD"))
	}
	first := answered() // what it misheard may make it wait for more
	if !first && !answered() {
		t.Errorf("no answer at the right rate: %+v", d.State())
	}
}

// TestAnswerToAClosedPort is not there for whoever opens the port next.
func TestAnswerToAClosedPort(t *testing.T) {
	t.Parallel()
	d := startOnPTY(t, IM871A, Settings{Faults: Faults{AnswerDelay: 500 * time.Millisecond}})
	port := openPort(t, d.Path(), 57600)
	_, _ = port.Write(pattern(t, ping))
	eventually(t, d, "asked", func(s State) bool { return s.Requests == 1 })
	_ = port.Close()
	eventually(t, d, "closed", func(s State) bool { return !s.Open })
	eventually(t, d, "answered", func(s State) bool { return s.Dropped == 1 })
	port = openPort(t, d.Path(), 57600)
	_, _ = port.Write(pattern(t, "A5010B00"))
	if got := readUntil(t, port, pattern(t, "A5010C0100")); len(got) != 5 {
		t.Errorf("heard % X", got)
	}
}
