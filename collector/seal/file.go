package seal

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// temporary writes a file with a name of its own next to where it will be, on the
// disk when it returns. If it fails nothing remains.
func temporary(dir, name string, write func(*os.File) error) (path string, err error) {
	f, err := os.CreateTemp(dir, "."+name+".*") // for its owner only
	if err != nil {
		return "", err
	}
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// replace writes a file as a whole or not at all, over one that is there.
func replace(path string, write func(*os.File) error) error {
	dir := filepath.Dir(path)
	name, err := temporary(dir, filepath.Base(path), write)
	if err != nil {
		return err
	}
	if err := os.Rename(name, path); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return syncDir(dir)
}

// syncDir brings a renamed file's name to the disk, as far as the system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // some file systems cannot
	return d.Close()
}
