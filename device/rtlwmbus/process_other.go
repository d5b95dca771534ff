//go:build !unix

package rtlwmbus

import (
	"os"
	"os/exec"
	"strconv"
	"time"
)

// shell returns command as run by the shell of Windows.
func shell(command string) *exec.Cmd { return exec.Command("cmd", "/C", command) }

// ask ends the shell and what it started, since they cannot be asked to end here.
func ask(pid int) { kill(pid) }

// kill ends the shell and what it started, which would otherwise keep the stick and
// our pipes.
func kill(pid int) {
	if exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(pid)).Run() == nil {
		return
	}
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill()
	}
}

func endGroup(int, time.Duration) {}
