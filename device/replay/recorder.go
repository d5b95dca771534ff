package replay

import (
	"context"
	"sync/atomic"
	"time"

	"earshot/device"
)

// waiting is how many telegrams may wait to be written.
const waiting = 4096

// Recorder is a device.Sink that writes to a File.
type Recorder struct {
	file     *File
	frames   chan device.Frame
	trouble  func(error)
	recorded atomic.Int64
	dropped  atomic.Int64
}

var _ device.Sink = (*Recorder)(nil)

// NewRecorder returns a recorder whose Run writes and closes file. trouble is
// called with what receivers could not read, possibly by several goroutines.
func NewRecorder(file *File, trouble func(error)) *Recorder {
	return &Recorder{file: file, frames: make(chan device.Frame, waiting), trouble: trouble}
}

// Frame implements device.Sink. Telegrams for which the disk is too slow are
// dropped and counted.
func (r *Recorder) Frame(f device.Frame) {
	select {
	case r.frames <- f:
	default:
		r.dropped.Add(1)
	}
}

// Trouble implements device.Sink.
func (r *Recorder) Trouble(err error) { r.trouble(err) }

// Recorded returns the number of telegrams written.
func (r *Recorder) Recorded() int64 { return r.recorded.Load() }

// Dropped returns the number of telegrams for which the disk was too slow.
func (r *Recorder) Dropped() int64 { return r.dropped.Load() }

// Waiting returns the number of telegrams that are not written yet, the one that is
// being written not included.
func (r *Recorder) Waiting() int64 { return int64(len(r.frames)) }

// Run writes until ctx ends or writing fails, and then closes the file. At each
// tick, which carries the time, it syncs to disk if that is due. Telegrams taken
// before ctx ended are written.
func (r *Recorder) Run(ctx context.Context, ticks <-chan time.Time) (err error) {
	defer func() {
		if closing := r.file.Close(); err == nil {
			err = closing
		}
	}()
	for {
		select {
		case f := <-r.frames:
			err = r.write(f)
		case now := <-ticks:
			err = r.file.Tick(now)
		case <-ctx.Done():
			return r.drain()
		}
		if err != nil {
			return err
		}
	}
}

// drain writes the telegrams that wait.
func (r *Recorder) drain() error {
	for {
		select {
		case f := <-r.frames:
			if err := r.write(f); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (r *Recorder) write(f device.Frame) error {
	err := r.file.Frame(f)
	if err == nil {
		r.recorded.Add(1)
	}
	return err
}
