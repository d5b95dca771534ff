package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"earshot/collector/words"
	"earshot/device"
	"earshot/device/detect"
	"earshot/device/port"
	"earshot/device/printable"
)

// textWidth is what every terminal has.
const textWidth = 80

// Receivers writes a table of what is attached, then notes and each problem
// with its cure.
func Receivers(w io.Writer, lang *words.Language, found []detect.Finding) error {
	b := attached{lang: lang}
	if len(found) == 0 {
		b.WriteString(lang.Say("attached.none", nil) + "\n")
	} else {
		b.table(found)
		b.notes(found)
		b.problems(found)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// attached is what is written of what is attached.
type attached struct {
	strings.Builder
	lang *words.Language
}

var receiverColumns = []string{"port", "what", "serial", "firmware", "hears", "state"}

// table writes a row for each port, and below it its USB strings and what
// else it can hear.
func (b *attached) table(found []detect.Finding) {
	rows := [][]string{nil}
	for _, name := range receiverColumns {
		rows[0] = append(rows[0], b.lang.Say("attached.column."+name, nil))
	}
	for _, a := range found {
		what := a.Product
		if what == "" {
			what = "–"
		}
		hears := ""
		if len(a.Sets) > 0 {
			hears = setText(a.Sets[0])
		}
		rows = append(rows, []string{portName(a), short(what, 16), short(a.Serial, 12), firmwareNumber(a.Firmware), hears, stateOf(b.lang, a)})
	}
	widths := make([]int, len(receiverColumns))
	for _, row := range rows {
		for i, cell := range row {
			if n := utf8.RuneCountInString(cell); i > 0 || n <= maxPortName {
				widths[i] = max(widths[i], n)
			}
		}
	}
	for i, row := range rows {
		var line strings.Builder
		if utf8.RuneCountInString(row[0]) > maxPortName {
			b.WriteString(row[0] + "\n")
			row[0] = ""
		}
		for c, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", widths[c], cell)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		if i > 0 {
			b.wrapped(b.detail(found[i-1]), widths[0]+2, widths[0]+2)
		}
	}
}

// maxPortName is the longest name that is written in its row.
const maxPortName = 12

// short makes text fit.
func short(text string, width int) string {
	runes := []rune(printable.Text(text))
	if len(runes) <= width {
		return string(runes)
	}
	return string(runes[:width-1]) + "…"
}

// firmwareNumber is the version number in a firmware's name.
func firmwareNumber(firmware string) string {
	number, _, _ := strings.Cut(printable.Text(firmware), " ")
	return short(number, 10)
}

// portName is the port as a Spec's short name has it.
func portName(a detect.Finding) string {
	if a.Port.Path == "" {
		return "USB"
	}
	return printable.Text(device.Spec{Path: a.Port.Path}.ShortName())
}

// detail is the USB device's description, and what else a dongle hears.
func (b *attached) detail(a detect.Finding) string {
	var parts []string
	if usb := strings.Join(strings.Fields(printable.Text(a.Port.USB+" "+a.Port.Manufacturer+" "+a.Port.Product)), " "); usb != "" {
		parts = append(parts, usb)
	}
	if firmware := printable.Text(a.Firmware); firmwareNumber(firmware) != firmware {
		parts = append(parts, b.lang.Say("attached.firmware", words.Args{"Firmware": firmware}))
	}
	if len(a.Sets) > 1 {
		var other []string
		for _, set := range a.Sets[1:] {
			other = append(other, setText(set))
		}
		parts = append(parts, b.lang.Say("attached.or", words.Args{"Modes": strings.Join(other, ", ")}))
	}
	return strings.Join(parts, "; ")
}

func setText(set []device.LinkMode) string {
	names := make([]string, len(set))
	for i, m := range set {
		names[i] = string(m)
	}
	return strings.Join(names, "+")
}

// stateOf is the state in two words; the problems say more.
func stateOf(lang *words.Language, a detect.Finding) string {
	name := "not_ready"
	switch err := a.Err; {
	case err == nil && a.Listened:
		name = "heard"
	case err == nil && a.Driver != "":
		name = "ready"
	case err == nil:
		name = "not_asked"
	case errors.Is(err, fs.ErrPermission):
		name = "no_permission"
	case errors.Is(err, device.ErrBusy):
		name = "held"
	case errors.Is(err, device.ErrNoAnswer):
		name = "no_answer"
	case errors.Is(err, port.ErrNoDriver):
		name = "no_driver"
	case errors.Is(err, detect.ErrDeaf):
		name = "deaf"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, device.ErrGone):
		name = "gone"
	}
	return lang.Say("attached.state."+name, words.Args{"Count": a.Telegrams})
}

// notes are what the user should know of a port that has no problem.
func notes(lang *words.Language, a detect.Finding) []string {
	var out []string
	if a.Note != "" {
		out = append(out, a.Note)
	}
	if a.Baud != a.UsualBaud {
		out = append(out, lang.Say("attached.baud", words.Args{"Baud": a.Baud, "Usual": a.UsualBaud}))
	}
	if a.Port.Path != "" && !a.Asked && a.Err == nil {
		name := "attached.unknown_usb"
		if a.Port.USB == "" {
			name = "attached.no_usb"
		}
		out = append(out, lang.Say(name, words.Args{"Port": a.Port.Path}))
	}
	return out
}

func (b *attached) notes(found []detect.Finding) {
	head := "\n" + b.lang.Say("attached.notes", nil) + "\n"
	for _, a := range found {
		for _, note := range notes(b.lang, a) {
			b.WriteString(head)
			head = ""
			b.wrapped(portName(a)+": "+printable.Text(note), 2, 4)
		}
	}
}

func (b *attached) problems(found []detect.Finding) {
	head := "\n" + b.lang.Say("attached.problems", nil) + "\n"
	for _, a := range found {
		if a.Err == nil {
			continue
		}
		cause, cure := causeAndCure(a)
		b.WriteString(head)
		head = ""
		b.wrapped(cause, 2, 4)
		if cure != "" {
			b.wrapped(b.lang.Say("attached.cure", words.Args{"Text": cure}), 4, 6)
		}
	}
}

// causeAndCure splits a problem; an error of another kind is all cause.
func causeAndCure(a detect.Finding) (cause, cure string) {
	var p *port.Problem
	if errors.As(a.Err, &p) {
		return printable.Text(p.Path + ": " + p.Cause), printable.Text(p.Cure)
	}
	return printable.Text(a.Err.Error()), ""
}

// wrapped writes text, if there is any, in lines of textWidth at most.
// Words are not broken, so that commands can be copied.
func (b *attached) wrapped(text string, first, rest int) {
	if text != "" {
		b.WriteString(wrapIndented(text, textWidth, first, rest) + "\n")
	}
}
