package replay

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"earshot/device"
)

// syncEvery is how often written data is synced to disk.
const syncEvery = time.Second

// disk is what a File needs of an os.File.
type disk interface {
	io.Writer
	Sync() error
	Close() error
}

// File is a recording that is being written. It is for one goroutine.
type File struct {
	name   string
	disk   disk
	writer *Writer
	torn   bool // the last line is incomplete
	dirty  bool // something was written since synced
	synced time.Time
}

// Create creates the file of a recording. If it exists and appendTo is false, the
// error wraps fs.ErrExist.
func Create(path string, appendTo bool) (*File, error) {
	flags := os.O_RDWR | os.O_CREATE | os.O_APPEND
	if !appendTo {
		flags |= os.O_EXCL
	}
	f, err := os.OpenFile(path, flags, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("the recording %s already exists: choose another name, or append to it: %w", path, fs.ErrExist)
	case err != nil:
		return nil, fmt.Errorf("the recording cannot be created: %w", err)
	}
	torn, err := isTorn(f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("the recording %s cannot be appended to: %w", path, err)
	}
	file := newFile(path, f)
	file.torn = torn
	return file, nil
}

// NewStream returns a File that writes a recording to w, which is not synced.
func NewStream(name string, w io.Writer) *File { return newFile(name, stream{w}) }

type stream struct{ io.Writer }

func (stream) Sync() error  { return nil }
func (stream) Close() error { return nil }

func newFile(name string, d disk) *File {
	f := &File{name: name, disk: d}
	f.writer = NewWriter(f)
	return f
}

// isTorn reports whether a file ends in the middle of a line.
func isTorn(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 || !info.Mode().IsRegular() {
		return false, err
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], info.Size()-1)
	return last[0] != '\n', err
}

// Frame writes one telegram.
func (f *File) Frame(frame device.Frame) error {
	if err := f.writer.Write(frame); err != nil {
		return fmt.Errorf("%s: %w; what was written before is kept", f.name, err)
	}
	return nil
}

// Write implements io.Writer for the lines of Writer.
func (f *File) Write(line []byte) (int, error) {
	if f.torn {
		if _, err := f.disk.Write([]byte{'\n'}); err != nil {
			return 0, err
		}
		f.torn = false
	}
	n, err := f.disk.Write(line)
	f.dirty = f.dirty || n > 0
	f.torn = n > 0 && line[n-1] != '\n'
	return n, err
}

// Tick syncs to disk if the last sync was at least a second before now.
func (f *File) Tick(now time.Time) error {
	if !f.dirty || now.Sub(f.synced).Abs() < syncEvery {
		return nil
	}
	f.synced = now
	return f.sync()
}

func (f *File) sync() error {
	if err := f.disk.Sync(); err != nil {
		return fmt.Errorf("%s cannot be synced to disk: %w", f.name, err)
	}
	f.dirty = false
	return nil
}

// Close syncs to disk and closes the file.
func (f *File) Close() error {
	err := f.sync()
	if closing := f.disk.Close(); err == nil && closing != nil {
		err = fmt.Errorf("%s cannot be closed: %w", f.name, closing)
	}
	return err
}
