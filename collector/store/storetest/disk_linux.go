package storetest

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// smallDiskVar names the directory in which the child of OnSmallDisk mounts
// its small disk.
const smallDiskVar = "EARSHOT_SMALL_DISK"

// OnSmallDisk does something with a disk of a size such as 1m. The disk is mounted
// in a child process of its own name space, which runs the same test with the
// further arguments.
func OnSmallDisk(t *testing.T, size string, do func(dir string), args ...string) {
	t.Helper()
	dir := os.Getenv(smallDiskVar)
	if dir == "" {
		cmd := exec.Command("/proc/self/exe", append([]string{"-test.run=^" + t.Name() + "$", "-test.v"}, args...)...)
		cmd.Env = append(os.Environ(), smallDiskVar+"="+t.TempDir())
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		if uid := os.Getuid(); uid != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		} else {
			t.Logf("%s", out)
		}
		return
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Fatal(err)
	}
	do(dir)
}

// Fill writes a file that takes the rest of its disk.
func Fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}
