package lists

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"earshot/collector/imports"
	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
	"earshot/collector/report"
	"earshot/collector/site"
	"earshot/collector/words"
)

// maxBadRows is how many bad rows of a list are kept.
const maxBadRows = 1000

// ReadSite reads the list of a site. The error is a *site.FileError if nothing
// of it can be used, or a *site.BadRows if some rows cannot: then the site has
// the others.
func ReadSite(path string, s Streams) (site.Site, *imports.Result, error) {
	return readSite(path, &secrets{s: s})
}

func readSite(path string, x *secrets) (site.Site, *imports.Result, error) {
	r, err := imports.ReadFiles(withAll(path), imports.Options{Options: x.options()})
	return siteOf(path, r, err)
}

// ReadKeys is ReadSite for keys alone: a key of zeros is one, since what it opens shows
// that it is right.
func ReadKeys(path string, s Streams) (site.Site, error) {
	x := secrets{s: s}
	r, err := imports.ReadFiles(withAll(path), imports.Options{Options: x.options(), Zeros: true})
	list, _, err := siteOf(path, r, err)
	return list, err
}

// ReadEmbedded is ReadSite for a list that is part of the program.
func ReadEmbedded(in io.Reader, name string) (site.Site, error) {
	r, err := imports.Read(in, name, imports.Options{})
	list, _, err := siteOf(name, r, err)
	return list, err
}

func siteOf(path string, r *imports.Result, err error) (site.Site, *imports.Result, error) {
	list := site.Site{Name: imports.NameOf(path)}
	if err != nil {
		return list, r, fileError(err)
	}
	for i := range r.Rows {
		if m := &r.Rows[i].Meter; r.Rows[i].Lone {
			list.Loose = append(list.Loose, site.LooseKey{Line: m.Row, Key: m.Key})
		} else {
			list.Meters = append(list.Meters, *m)
		}
	}
	bad := &site.BadRows{File: path}
	for _, f := range r.LeftOut {
		bad.Lines++
		bad.Rows = append(bad.Rows, rowError(f))
	}
	for _, rejected := range r.Rejected {
		bad.Lines++
		for _, f := range rejected.Reasons {
			if len(bad.Rows) < maxBadRows {
				bad.Rows = append(bad.Rows, rowError(f))
			}
		}
	}
	if bad.Lines > 0 {
		return list, r, bad
	}
	if len(list.Meters) == 0 {
		return list, r, &site.FileError{File: path, Reason: words.English.Finding(finding.Finding{Code: finding.NoMeters})}
	}
	return list, r, nil
}

func rowError(f finding.Finding) site.RowError {
	file := f.File
	if f.Sheet != "" {
		file += ", sheet " + f.Sheet
	}
	return site.RowError{File: file, Line: f.Line, Column: f.Column, Reason: words.English.Finding(f)}
}

// fileError turns the reasons why files cannot be read into sentences.
func fileError(err error) error {
	if joined, is := err.(interface{ Unwrap() []error }); is {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, fileError(e))
		}
		return errors.Join(all...)
	}
	var refused *table.Refused
	if !errors.As(err, &refused) {
		return err
	}
	bad := rowError(refused.Finding)
	return &site.FileError{File: bad.File, Line: bad.Line, Reason: bad.Reason, Cause: refused.Cause}
}

// SayNotes writes what was repaired in a list, or not read.
func SayNotes(w io.Writer, lang *words.Language, r *imports.Result) {
	var b strings.Builder
	report.ImportNotes(&b, lang, &imports.Result{Sheets: r.Sheets, Findings: r.Findings, More: r.More}, 0)
	_, _ = io.WriteString(w, b.String())
}

// WriteFile writes a file as a whole or not at all, readable for its owner only.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	tmp, err := tempFor(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
	}()
	if err = write(tmp); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// tempFor makes a temporary file next to a file.
func tempFor(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
}
