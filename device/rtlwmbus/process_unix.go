//go:build unix

package rtlwmbus

import (
	"os/exec"
	"syscall"
	"time"
)

// shell returns command as run by the shell, as the leader of a process group.
func shell(command string) *exec.Cmd {
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// ask asks a process group to end.
func ask(group int) { _ = syscall.Kill(-group, syscall.SIGTERM) }

// kill ends a process group.
func kill(group int) { _ = syscall.Kill(-group, syscall.SIGKILL) }

// endGroup ends the rest of a process group whose leader has ended, and waits for
// it. It asks first, and after patience uses force.
func endGroup(group int, patience time.Duration) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	ask(group)
	for began := time.Now(); time.Since(began) < 2*patience; <-tick.C {
		if syscall.Kill(-group, 0) == syscall.ESRCH {
			return
		}
		if time.Since(began) > patience {
			kill(group)
		}
	}
}
