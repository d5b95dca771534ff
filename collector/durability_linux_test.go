package collector

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"earshot/collector/store"
)

// smallDiskVar names the directory in which the child of TestDiskFull mounts
// its small disk.
const smallDiskVar = "EARSHOT_SMALL_DISK"

// TestDiskFull runs a campaign on a disk of one megabyte that another file
// fills. The disk is mounted in a child process of its own name space.
func TestDiskFull(t *testing.T) {
	dir := os.Getenv(smallDiskVar)
	if dir == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestDiskFull$", "-test.v")
		cmd.Env = append(os.Environ(), smallDiskVar+"="+t.TempDir())
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		if uid := os.Getuid(); uid != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(dir, "ballast")
	fill := func(c *Campaign) error {
		f, err := os.Create(ballast)
		if err != nil {
			return err
		}
		defer f.Close()
		for {
			if _, err := f.Write(make([]byte, 4096)); errors.Is(err, syscall.ENOSPC) {
				return nil
			} else if err != nil {
				return err
			}
		}
	}
	testFault(t, filepath.Join(dir, "site.db"), store.ErrFull, "the disk is full: free some space", fill,
		func(*Campaign) error { return os.Remove(ballast) })
}
