package collector

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"earshot/collector/store"
)

// smallDiskVar names the directory in which the child of onSmallDisk mounts
// its small disk.
const smallDiskVar = "EARSHOT_SMALL_DISK"

// onSmallDisk does something with a disk of one megabyte. The disk is mounted in
// a child process of its own name space, which runs the same test.
func onSmallDisk(t *testing.T, do func(dir string)) {
	t.Helper()
	dir := os.Getenv(smallDiskVar)
	if dir == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
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
	do(dir)
}

// fill writes a file that takes the rest of the disk.
func fill(t *testing.T, path string) {
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

// TestDiskFull runs a campaign on a disk that another file fills.
func TestDiskFull(t *testing.T) {
	onSmallDisk(t, func(dir string) {
		ballast := filepath.Join(dir, "ballast")
		testFault(t, filepath.Join(dir, "site.db"), store.ErrFull, "the disk is full: free some space",
			func(*Campaign) error { fill(t, ballast); return nil },
			func(*Campaign) error { return os.Remove(ballast) })
	})
}

// TestDiskUnusableAtTheStart begins campaigns on a disk that is full, with a
// store on it and without one, and on one that is mounted read-only. What is
// there stays, and the campaign that was not finished goes on when there is room.
func TestDiskUnusableAtTheStart(t *testing.T) {
	onSmallDisk(t, func(dir string) {
		s := encryptedSite(t, 2)
		cfg := testConfig(t, s, silent)
		cfg.StorePath = filepath.Join(dir, "site.db")
		if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error { c.Note("", "before"); return nil }); err != nil {
			t.Fatal(err)
		}
		before := contents(t, cfg.StorePath)
		fill(t, filepath.Join(dir, "ballast"))
		const full = "the disk is full: free some space"
		testUnkept(t, s, cfg, store.ErrFull, full)
		fresh := cfg
		fresh.StorePath = filepath.Join(dir, "fresh.db")
		testUnkept(t, s, fresh, store.ErrFull, full)
		if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
		testUnkept(t, s, cfg, store.ErrReadOnly, "the file or its directory cannot be written: give this user the permission")
		if !bytes.Equal(before, contents(t, cfg.StorePath)) {
			t.Error("the file was changed")
		}
		if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT, ""); err != nil {
			t.Fatal(err)
		}
		if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error {
			if now := c.View().Snapshot(); now.Store.Reason != "" || now.Campaign.Resumed.IsZero() {
				t.Errorf("mended: %+v, %+v", now.Store, now.Campaign)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
}
