package setup

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"earshot/cmd/earshot/lists"
	"earshot/collector/report"
	"earshot/collector/site"
	"earshot/collector/store"
	"earshot/collector/words"
	"earshot/tui/setup"
)

// Env is what the commands give.
type Env struct {
	Lang  *words.Language
	Store func(list string) (string, error) // the file of the store of a list's site
	Check func(receivers []string) error    // says what is wrong with the names of receivers
	Watch Watching
}

// backend answers the set-up screen.
type backend struct {
	Env
	ctx     context.Context
	memory  memory
	watcher *watcher
}

var _ setup.Backend = (*backend)(nil)

func (b *backend) Recent() []setup.Site { return b.memory.sites() }

// listEndings are those of files that may be lists.
var listEndings = []string{".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods", ".xls", ".html", ".htm", ".json", ".xml", ".kem", ".zip", ".age", ".conf"}

// maxEntries is how many entries of a folder are listed.
const maxEntries = 2000

func (b *backend) Folder(path string) (f setup.Folder, err error) {
	if f.Path, err = filepath.Abs(path); err != nil {
		return f, err
	}
	dir, err := os.Open(f.Path)
	if err != nil {
		return f, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(50 * maxEntries)
	if err != nil && !errors.Is(err, io.EOF) {
		return f, err
	}
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(f.Path, e.Name())) // of what a link names
		hidden := strings.HasPrefix(e.Name(), ".")
		if err != nil || hidden || !info.IsDir() && !slices.Contains(listEndings, strings.ToLower(filepath.Ext(e.Name()))) {
			continue
		}
		f.Entries = append(f.Entries, setup.Entry{Name: e.Name(), Folder: info.IsDir(), Size: info.Size(), Time: info.ModTime()})
	}
	slices.SortFunc(f.Entries, func(a, b setup.Entry) int {
		if a.Folder != b.Folder {
			if a.Folder {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	if over := len(f.Entries) - maxEntries; over > 0 {
		f.Entries, f.More = f.Entries[:maxEntries], over
	}
	return f, nil
}

func (b *backend) Preview(list string) (p setup.Preview, err error) {
	s, read, err := lists.ReadSite(list, lists.Streams{Out: io.Discard, Err: io.Discard, Lang: b.Lang})
	var bad *site.BadRows
	if errors.As(err, &bad) && len(s.Meters) > 0 {
		err = nil // the others can be used
	}
	p.Name, p.Meters = s.Name, len(s.Meters)
	for i := range s.Meters {
		if !s.Meters[i].Key.IsZero() {
			p.Keys++
		}
	}
	if read != nil {
		p.Rejected, p.Repaired = len(read.Rejected), read.Repaired
		p.Text = func(width int) string {
			var text strings.Builder
			report.Import(&text, b.Lang, read, width)
			return text.String()
		}
	}
	return p, err
}

func (b *backend) Standing(list string) (s setup.Standing, err error) {
	path, err := b.Store(list)
	if err != nil {
		return s, err
	}
	if _, err := os.Stat(path); err != nil {
		return s, nil // there was no campaign
	}
	db, err := store.OpenReader(b.ctx, path)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	last, unfinished, err := db.Unfinished(b.ctx)
	if err != nil || !unfinished {
		return s, err
	}
	s.Begun = last.Start
	readings, err := db.LastReadings(b.ctx)
	for _, r := range readings {
		if !r.Time.Before(last.Start) {
			s.Read++
		}
	}
	return s, err
}

func (b *backend) Receivers(done <-chan struct{}) []setup.Receiver { return b.watcher.next(done) }

func (b *backend) CheckReceivers(names []string) error { return b.Check(names) }

// Test tries a broker; see tryBroker.
func (b *backend) Test(done <-chan struct{}, s setup.Server) (time.Duration, error) {
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	go func() {
		select {
		case <-done:
			cancel()
		case <-ctx.Done():
		}
	}()
	return tryBroker(ctx, s, time.Now)
}
