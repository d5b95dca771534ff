package brokertest

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a broker may take to start or to end.
const patience = 20 * time.Second

// Mosquitto is a Mosquitto that the test started.
type Mosquitto struct {
	t       testing.TB
	program string
	dir     string
	port    int
	extra   []string

	turn    sync.Mutex // held while it starts or ends
	mu      sync.Mutex
	process *exec.Cmd
	exited  chan struct{}
	log     []string
}

// StartMosquitto starts Mosquitto on a free port of the loopback interface and
// ends it with the test. It keeps nothing on disk unless lines of its
// configuration say so, such as Persistent. If it is not installed the test
// fails.
func StartMosquitto(t testing.TB, lines ...string) *Mosquitto {
	t.Helper()
	program, err := find("mosquitto")
	if err != nil {
		t.Fatal("mosquitto is not installed: install it with .ci/tools")
	}
	m := &Mosquitto{t: t, program: program, dir: t.TempDir(), extra: lines}
	t.Cleanup(func() { m.end(syscall.SIGKILL) })
	// The free port may be taken before Mosquitto listens on it: try again.
	for range 5 {
		m.port = FreePort(t)
		if err = m.start(); err == nil {
			return m
		}
	}
	t.Fatalf("mosquitto does not start: %v\n%s", err, m.Log())
	return nil
}

// Persistent are the lines with which Mosquitto keeps sessions and what is
// queued for them over a Stop and Start.
var Persistent = []string{"persistence true", "persistence_location ./"}

// find looks for a program in the path and where Debian puts daemons.
func find(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", name))
}

// FreePort returns a TCP port that was free a moment ago. It is none of those
// that the system gives to who connects: somebody who connects to a broker
// that is away could be given its very port, and would keep it.
func FreePort(t testing.TB) int {
	t.Helper()
	const first, last = 10000, 32000 // below Linux's ephemeral ports
	for range 100 {
		port := first + rand.IntN(last-first)
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no free port on the loopback interface")
	return 0
}

// Addr returns host:port.
func (m *Mosquitto) Addr() string { return fmt.Sprintf("127.0.0.1:%d", m.port) }

// URL returns mqtt://host:port.
func (m *Mosquitto) URL() *url.URL { return &url.URL{Scheme: "mqtt", Host: m.Addr()} }

// Stop ends Mosquitto as an administrator does, and waits for it.
func (m *Mosquitto) Stop() {
	m.t.Helper()
	if !m.end(syscall.SIGTERM) {
		m.t.Fatalf("mosquitto does not end\n%s", m.Log())
	}
}

// Kill ends Mosquitto with SIGKILL, and waits for it.
func (m *Mosquitto) Kill() { m.end(syscall.SIGKILL) }

// Start starts Mosquitto again on the same port, after Stop or Kill, which it
// waits for.
func (m *Mosquitto) Start() {
	m.t.Helper()
	m.turn.Lock()
	defer m.turn.Unlock()
	var err error
	for range 5 { // its port may be taken for a moment
		if err = m.start(); err == nil {
			return
		}
	}
	m.t.Fatalf("mosquitto does not start again: %v\n%s", err, m.Log())
}

// Log returns what Mosquitto said so far.
func (m *Mosquitto) Log() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Join(m.log, "\n")
}

// start runs Mosquitto and waits until it says that it does.
func (m *Mosquitto) start() error {
	config := append([]string{
		fmt.Sprintf("listener %d 127.0.0.1", m.port),
		"allow_anonymous true",
		"max_queued_messages 0", // a subscriber that is slow loses nothing
		"log_dest stderr",
	}, m.extra...)
	if os.Getuid() == 0 {
		config = append(config, "user root") // it may write to the test's directory
	}
	path := filepath.Join(m.dir, "mosquitto.conf")
	if err := os.WriteFile(path, []byte(strings.Join(config, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	process := exec.Command(m.program, "-c", path)
	process.Dir = m.dir
	output, err := process.StderrPipe()
	if err != nil {
		return err
	}
	if err := process.Start(); err != nil {
		return err
	}
	running, exited := make(chan struct{}), make(chan struct{})
	m.mu.Lock()
	m.process, m.exited = process, exited
	m.mu.Unlock()
	go m.watch(process, output, running, exited)
	select {
	case <-running:
		return nil
	case <-exited:
		return fmt.Errorf("it ended at once")
	case <-time.After(patience):
		return fmt.Errorf("it says nothing for %s", patience)
	}
}

// watch keeps what Mosquitto says until it ends.
func (m *Mosquitto) watch(process *exec.Cmd, output io.Reader, running, exited chan struct{}) {
	defer close(exited)
	for lines := bufio.NewScanner(output); lines.Scan(); {
		m.mu.Lock()
		m.log = append(m.log, lines.Text())
		m.mu.Unlock()
		if strings.HasSuffix(lines.Text(), " running") {
			close(running)
		}
	}
	_ = process.Wait()
}

// end sends a signal to Mosquitto and waits; false if it still runs.
func (m *Mosquitto) end(with syscall.Signal) bool {
	m.turn.Lock()
	defer m.turn.Unlock()
	m.mu.Lock()
	process, exited := m.process, m.exited
	m.process = nil
	m.mu.Unlock()
	if process == nil {
		return true
	}
	again := time.NewTicker(500 * time.Millisecond) // just started, it does not listen to signals yet
	defer again.Stop()
	late := time.After(patience)
	for {
		_ = process.Process.Signal(with)
		select {
		case <-exited:
			return true
		case <-again.C:
		case <-late:
			_ = process.Process.Kill() // nothing is left behind
			<-exited
			return false
		}
	}
}
