package rtlwmbus

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	// grace is how long a command may take to end after it was asked to: a
	// stick that is not released hangs until it is unplugged.
	grace = 2 * time.Second
	// maxSaid and maxSaidLine bound what is kept of standard error.
	maxSaid     = 4
	maxSaidLine = 200
)

// process is a shell command and all that it started.
type process struct {
	cmd    *exec.Cmd
	stdout *os.File
	ended  chan struct{} // closed when the command and all it started have ended
	err    error         // of Wait; valid after ended is closed

	mu    sync.Mutex
	asked bool
	last  []string // the last lines of standard error
}

// start runs command in a shell, in a process group of its own.
func start(command string) (*process, error) {
	outR, outW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	errR, errW, err := os.Pipe()
	if err != nil {
		_, _ = outR.Close(), outW.Close()
		return nil, err
	}
	p := &process{cmd: shell(command), stdout: outR, ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = outW, errW
	err = p.cmd.Start()
	_, _ = outW.Close(), errW.Close() // the command has its own copies
	if err != nil {
		_, _ = outR.Close(), errR.Close()
		return nil, err
	}
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		p.listen(errR)
	}()
	go func() {
		defer close(p.ended)
		p.err = p.cmd.Wait()
		endGroup(p.cmd.Process.Pid, grace)
		if errR.SetReadDeadline(time.Now().Add(grace)) != nil { // another process may hold it
			_ = errR.Close() // pipes of Windows have no deadlines
		}
		<-heard
		_ = errR.Close()
	}()
	return p, nil
}

// listen keeps the last lines of standard error.
func (p *process) listen(r io.Reader) {
	in := bufio.NewReaderSize(r, 4<<10)
	for {
		line, _, err := in.ReadLine()
		if text := strings.TrimSpace(string(line)); text != "" {
			p.mu.Lock()
			if len(p.last) == maxSaid {
				p.last = append(p.last[:0], p.last[1:]...)
			}
			p.last = append(p.last, text[:min(len(text), maxSaidLine)])
			p.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// said returns the last lines of standard error.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.last, " / ")
}

// status says how it ended. Call it after stop.
func (p *process) status() string {
	if p.err != nil {
		return p.err.Error()
	}
	return "exit status 0"
}

// stopping reports whether stop was called.
func (p *process) stopping() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// stop ends the command and all it started, and waits for them. It may be called
// twice, and after the command has ended.
func (p *process) stop() {
	p.mu.Lock()
	p.asked = true
	p.mu.Unlock()
	select {
	case <-p.ended: // its process id may have been reused
		return
	default:
	}
	ask(p.cmd.Process.Pid)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		kill(p.cmd.Process.Pid)
		<-p.ended
	}
}
