package handover

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"earshot/collector/settlement"
)

// sections are the flags about the sections that are not in each protocol.
type sections struct {
	readiness, settlement bool
	degreeDays            []string
	hotWater, months      int
}

func (s *sections) register(set *pflag.FlagSet) {
	set.BoolVar(&s.readiness, "readiness", false, "add what laws ask of remotely read meters from 2027 on: evidence, not legal advice")
	set.BoolVar(&s.settlement, "settlement", false, "add the consumption since the due date and by month, where telegrams say it: a preview, not a bill")
	set.StringArrayVar(&s.degreeDays, "degree-days", nil, "file with degree days by month, to correct heat with (implies --settlement)")
	set.IntVar(&s.hotWater, "hot-water", 0, "per cent of the heat that is hot water and not corrected")
	set.IntVar(&s.months, "months", 0, "how many of the last months to show (default 12)")
}

// ask asks for the section of a form.
func (s *sections) ask(form string) {
	switch form {
	case "readiness.json":
		s.readiness = true
	case "settlement.json":
		s.settlement = true
	}
}

// wanted are the sections that were asked for.
type wanted struct {
	readiness  bool
	settlement *settlement.Options // nil: none
}

// read checks the flags, and reads the degree days.
func (s *sections) read() (w wanted, err error) {
	w.readiness = s.readiness
	switch {
	case len(s.degreeDays) > 1:
		return w, usageError("--degree-days is given %d times: those of several files are never mixed", len(s.degreeDays))
	case !s.settlement && len(s.degreeDays) == 0 && (s.hotWater != 0 || s.months != 0):
		return w, usageError("--hot-water and --months are about the preview of a settlement: use --settlement as well")
	case !s.settlement && len(s.degreeDays) == 0:
		return w, nil
	case s.hotWater != 0 && len(s.degreeDays) == 0:
		return w, usageError("--hot-water is of what is corrected: name the degree days with --degree-days")
	}
	w.settlement = &settlement.Options{HotWater: s.hotWater, Months: s.months}
	if err := w.settlement.Check(); err != nil {
		return w, usageError("%w", err)
	}
	if len(s.degreeDays) == 1 {
		if w.settlement.DegreeDays, err = readDegreeDays(s.degreeDays[0]); err != nil {
			return w, usageError("%s: %w", s.degreeDays[0], err)
		}
	}
	return w, nil
}

func readDegreeDays(path string) (d *settlement.DegreeDays, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return settlement.Read(f)
}

// sectionForms are files of single sections, which are written only if they are asked for.
var sectionForms = []form{
	{"readiness.json", func(w io.Writer, m *made) error {
		d := m.doc.Details()
		r := m.campaign.Readiness(&d)
		return r.WriteJSON(w)
	}},
	{"settlement.json", func(w io.Writer, m *made) error {
		p := m.campaign.Settlement(*m.wanted.settlement)
		return p.WriteJSON(w)
	}},
}

// printSections prints the sections for people.
func (m *made) printSections(w io.Writer) error {
	var errs []error
	if m.wanted.readiness {
		d := m.doc.Details()
		r := m.campaign.Readiness(&d)
		fmt.Fprintln(w)
		errs = append(errs, r.WriteText(w, m.lang))
	}
	if m.wanted.settlement != nil {
		p := m.campaign.Settlement(*m.wanted.settlement)
		fmt.Fprintln(w)
		errs = append(errs, p.WriteText(w, m.lang))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
