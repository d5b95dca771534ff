package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"

	"earshot/collector/report"
	"earshot/device"
	"earshot/device/dongletest"
)

// nobody is the unprivileged user that the tests run earshot as.
const nobody, dialout = 65534, 20

// portDir is a folder of serial ports that everybody may look into.
type portDir struct {
	t   *testing.T
	dir string
}

func newPortDir(t *testing.T) *portDir {
	t.Helper()
	dir, err := os.MkdirTemp("", "earshot-ports") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return &portDir{t, dir}
}

// plug plugs in an emulated dongle that everybody may open.
func (d *portDir) plug(name string, f dongletest.Family, s dongletest.Settings) *dongletest.Dongle {
	d.t.Helper()
	s.Dir, s.Port = d.dir, name
	emu, err := dongletest.Start(f, s)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = emu.Close() })
	if err := os.Chmod(emu.Path(), 0o666); err != nil {
		d.t.Fatal(err)
	}
	return emu
}

// bare is a port with nothing at its other end, of that owner, group and mode.
func (d *portDir) bare(name string, uid, gid int, mode os.FileMode) *os.File {
	d.t.Helper()
	far, near, err := pty.Open()
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = far.Close(); _ = near.Close() })
	if os.Getuid() == 0 {
		err = os.Chown(near.Name(), uid, gid)
	}
	if err := errors.Join(err, os.Chmod(near.Name(), mode), os.Symlink(near.Name(), filepath.Join(d.dir, name))); err != nil {
		d.t.Fatal(err)
	}
	return near
}

// earshot runs the program, unprivileged, and returns its output and exit code.
func (d *portDir) earshot(args ...string) (stdout, stderr string, code int) {
	d.t.Helper()
	return d.plain(append(args, "--dongle-path-glob", d.dir+"/tty*")...)
}

// plain is earshot for commands that know no ports.
func (d *portDir) plain(args ...string) (stdout, stderr string, code int) {
	d.t.Helper()
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Args[0] = "earshot" // as which the test binary is the program
	cmd.Dir = "/"
	unprivileged(cmd)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func unprivileged(cmd *exec.Cmd) {
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}

// hold has another process hold a port, as wmbusmeters would; it returns its pid.
func (d *portDir) hold(near *os.File) int {
	d.t.Helper()
	holder := exec.Command("sleep", "600")
	holder.ExtraFiles = []*os.File{near}
	unprivileged(holder)
	if err := holder.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = holder.Process.Kill(); _ = holder.Wait() })
	return holder.Process.Pid
}

// TestReceivers has the six dongles, two of them once more with something to
// know, a port that another process holds and one without permission. (That
// nobody answers is found out in package detect, where waiting costs no time.)
func TestReceivers(t *testing.T) {
	t.Parallel()
	d := newPortDir(t)
	d.plug("ttyUSB0", dongletest.IM871A, dongletest.Settings{Serial: "00102759", Firmware: "14"})
	d.plug("ttyUSB1", dongletest.IM871A, dongletest.Settings{Serial: "00102760", Firmware: "13"})
	d.plug("ttyUSB2", dongletest.AMB8465, dongletest.Settings{Serial: "2701CE25"})
	d.plug("ttyUSB3", dongletest.CUL, dongletest.Settings{})
	d.plug("ttyUSB4", dongletest.AMB8465, dongletest.Settings{Serial: "2701CE26", Baud: 57600})
	d.plug("ttyACM0", dongletest.IU891A, dongletest.Settings{Serial: "00003039"})
	pid := d.hold(d.bare("ttyUSB5", nobody, nobody, 0o600))
	forbidden := os.FileMode(0o660)
	if os.Getuid() != 0 {
		forbidden = 0
	}
	d.bare("ttyUSB6", 0, dialout, forbidden)
	d.plug("ttyUSB7", dongletest.RC1180, dongletest.Settings{Serial: "12345678"})
	d.plug("ttyUSB8", dongletest.Embit, dongletest.Settings{})

	out, errs, code := d.earshot("receivers")
	t.Logf("\n%s%s", out, errs)
	if code != 0 || errs != "" && !strings.Contains(errs, "still asking") {
		t.Errorf("exit code %d, want 0; standard error: %s", code, errs)
	}
	path := regexp.QuoteMeta(d.dir)
	wants := []string{ // in any number of blanks and lines
		`ttyUSB0 iM871A 00102759 14 C1\+T1 ready or one of T1, C1, S1, S1-m, S2, T2, C2, R2`,
		`ttyUSB1 iM871A 00102760 13 T1 ready`,
		`ttyUSB2 AMB8465\S* 2701CE25 \S+ C1\+T1 ready`,
		`ttyUSB3 \S*CUL\S* 1.67 C1\+T1 ready`,
		`ttyUSB4 AMB8465\S* 2701CE26 \S+ C1\+T1 ready`,
		`ttyACM0 iU891A\S* 00003039 \S+ C1\+T1 ready firmware \S+ build`,
		`ttyUSB5 – held`,
		`ttyUSB6 – no permission`,
		`ttyUSB7 \S*(RC1180|MBUS)\S* .* ready`,
		`ttyUSB8 \S*WMB868\S* .* ready`,
		`ttyUSB1: firmware 13 receives C1 or T1, not both`,
		`ttyUSB4: it answers at 5[67][06]00 baud instead of 9600`,
		fmt.Sprintf(path+`/ttyUSB5: held by sleep \(pid %d\) What to do: stop it: kill %d`, pid, pid),
		path + `/ttyUSB6: no permission: `,
	}
	if os.Getuid() == 0 {
		wants = append(wants, `it belongs to the group dialout, and you are not in it What to do: sudo usermod -aG dialout nobody,`)
	}
	for _, want := range wants {
		if !regexp.MustCompile(want).MatchString(strings.Join(strings.Fields(out), " ")) {
			t.Errorf("there is no %q", want)
		}
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > 80 && !strings.Contains(line, d.dir) { // paths are not cut
			t.Errorf("longer than 80 columns: %q", line)
		}
	}
}

// keepsSending lets a meter send all the time: the telegram of docs/protocol/vectors.md#dongles.
func keepsSending(t *testing.T, emulators ...*dongletest.Dongle) {
	t.Helper()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				for _, emu := range emulators {
					emu.Send(device.Frame{Mode: "T1", Bytes: []byte("\x12\x44\xAE\x0C\x78\x56\x34\x12\x01\x07\x8C\x20\x27\x78\x0B\x13\x43\x65\x87")})
				}
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		for _, emu := range emulators {
			emu.Unplug() // what Send may wait for
		}
		<-stopped
	})
}

// TestRunAuto listens with both dongles that are attached.
func TestRunAuto(t *testing.T) {
	t.Parallel()
	d := newPortDir(t)
	keepsSending(t, d.plug("ttyUSB0", dongletest.IM871A, dongletest.Settings{Serial: "00102759"}), d.plug("ttyUSB1", dongletest.AMB8465, dongletest.Settings{}))
	out, errs, code := d.earshot("run", "--headless", "--site", d.list(), "--store", filepath.Join(d.dir, "x.db"), "--receiver", "auto:c1,t1")
	if code != 0 || !strings.Contains(errs, "auto:c1,t1: found "+d.dir+"/ttyUSB0:im871a[00102759]:c1,t1") || !strings.Contains(errs, "/ttyUSB1:amb8465[") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	for _, want := range []string{"Receiver ttyUSB0: ", "Receiver ttyUSB1: "} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %q in %s", want, out)
		}
	}
}

// list is a list of meters with the one that is on the air, in a folder that
// everybody may write to.
func (d *portDir) list() string {
	d.t.Helper()
	path := filepath.Join(d.dir, "list.csv")
	if err := errors.Join(os.WriteFile(path, []byte("id\n12345678\n"), 0o644), os.Chmod(path, 0o644), os.Chmod(d.dir, 0o777)); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// TestReceiversListen has one that hears, one that is deaf, and nothing else.
func TestReceiversListen(t *testing.T) {
	t.Parallel()
	d := newPortDir(t)
	hears := d.plug("ttyUSB0", dongletest.IM871A, dongletest.Settings{Serial: "00102759"})
	d.plug("ttyUSB1", dongletest.AMB8465, dongletest.Settings{Faults: dongletest.Faults{Deaf: true}})
	keepsSending(t, hears)
	out, errs, code := d.earshot("receivers", "--json", "--listen", "3s")
	t.Logf("\n%s%s", out, errs)
	var got []report.ReceiverLine
	for line := range strings.Lines(out) {
		var r report.ReceiverLine
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if code != 0 || len(got) != 2 {
		t.Fatalf("exit code %d and %d receivers, want 0 and 2", code, len(got))
	}
	if r := got[0]; !r.Usable || r.Telegrams == nil || *r.Telegrams < 10 || r.Receiver != r.Port+":im871a[00102759]" || r.Problem != nil || len(r.Modes) < 3 {
		t.Errorf("the one that hears: %+v", r)
	}
	if r := got[1]; r.Usable || r.State != "deaf" || r.Driver != "amb8465" || r.Telegrams == nil || *r.Telegrams != 0 || r.Problem == nil || !strings.Contains(r.Problem.Cure, "antenna") {
		t.Errorf("the deaf one: %+v, %+v", r, r.Problem)
	}
}

// TestNoUsableReceiver ends with 3.
func TestNoUsableReceiver(t *testing.T) {
	t.Parallel()
	d := newPortDir(t)
	if out, _, code := d.earshot("receivers"); code != exitNoReceiver || !strings.Contains(out, "plug in a dongle") {
		t.Errorf("nothing attached: exit code %d: %s", code, out)
	}
	d.bare("ttyUSB0", 0, dialout, 0)
	run := []string{"run", "--headless", "--site", d.list(), "--store", filepath.Join(d.dir, "x.db"), "--receiver"}
	for _, args := range [][]string{
		{"receivers"},
		append(run[:len(run):len(run)], "auto"),
		append(run[:len(run):len(run)], d.dir+"/ttyUSB0"),
		append(run[:len(run):len(run)], d.dir+"/ttyUSB0:im871a"),
	} {
		if out, errs, code := d.earshot(args...); code != exitNoReceiver || !strings.Contains(out+errs, "no permission") {
			t.Errorf("earshot %s: exit code %d: %s%s", strings.Join(args, " "), code, out, errs)
		}
	}
}
