//go:build !unix

package rtlwmbus

import (
	"os"
	"os/exec"
	"time"
)

// shell is command, to be run by the shell of Windows.
func shell(command string) *exec.Cmd { return exec.Command("cmd", "/C", command) }

// ask ends the shell; what it started ends when nobody reads its output.
func ask(pid int) { kill(pid) }

func kill(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill()
	}
}

func endGroup(int, time.Duration) {}
