package collector

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"earshot/collector/store"
	"earshot/collector/store/storetest"
)

// TestDiskFull runs a campaign on a disk that another file fills.
func TestDiskFull(t *testing.T) {
	storetest.OnSmallDisk(t, "1m", func(dir string) {
		ballast := filepath.Join(dir, "ballast")
		testFault(t, filepath.Join(dir, "site.db"), store.ErrFull, "the disk is full: free some space",
			func(*Campaign) error { storetest.Fill(t, ballast); return nil },
			func(*Campaign) error { return os.Remove(ballast) })
	})
}

// TestDiskUnusableAtTheStart begins campaigns on a disk that is full, with a
// store on it and without one, and on one that is mounted read-only. What is
// there stays, and the campaign that was not finished goes on when there is room.
func TestDiskUnusableAtTheStart(t *testing.T) {
	storetest.OnSmallDisk(t, "1m", func(dir string) {
		s := encryptedSite(t, 2)
		cfg := testConfig(t, s, silent)
		cfg.StorePath = filepath.Join(dir, "site.db")
		if err := Run(t.Context(), cfg, func(_ context.Context, c *Campaign) error { c.Note("", "before"); return nil }); err != nil {
			t.Fatal(err)
		}
		before := contents(t, cfg.StorePath)
		storetest.Fill(t, filepath.Join(dir, "ballast"))
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
