package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"earshot/device"
	"earshot/device/detect"
	"earshot/device/port"
	"earshot/device/printable"
)

// textWidth is what every terminal has.
const textWidth = 80

// Receivers writes a table of what is attached, then notes and each problem
// with its cure.
func Receivers(w io.Writer, found []detect.Finding) error {
	var b strings.Builder
	if len(found) == 0 {
		b.WriteString("No serial port and no RTL-SDR stick found: plug in a dongle.\n")
	} else {
		writeTable(&b, found)
		writeNotes(&b, found)
		writeProblems(&b, found)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var receiverColumns = []string{"Port", "What it is", "Serial no.", "Firmware", "Hears at once", "State"}

// writeTable writes a row for each port, and below it its USB strings and what
// else it can hear.
func writeTable(b *strings.Builder, found []detect.Finding) {
	rows := [][]string{receiverColumns}
	for _, a := range found {
		what := a.Product
		if what == "" {
			what = "–"
		}
		hears := ""
		if len(a.Sets) > 0 {
			hears = setText(a.Sets[0])
		}
		rows = append(rows, []string{portName(a), short(what, 16), short(a.Serial, 12), firmwareNumber(a.Firmware), hears, stateOf(a)})
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
			writeWrapped(b, detail(found[i-1]), widths[0]+2, widths[0]+2)
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
func detail(a detect.Finding) string {
	var parts []string
	if usb := strings.Join(strings.Fields(printable.Text(a.Port.USB+" "+a.Port.Manufacturer+" "+a.Port.Product)), " "); usb != "" {
		parts = append(parts, usb)
	}
	if firmware := printable.Text(a.Firmware); firmwareNumber(firmware) != firmware {
		parts = append(parts, "firmware "+firmware)
	}
	if len(a.Sets) > 1 {
		var other []string
		for _, set := range a.Sets[1:] {
			other = append(other, setText(set))
		}
		parts = append(parts, "or one of "+strings.Join(other, ", "))
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
func stateOf(a detect.Finding) string {
	switch err := a.Err; {
	case err == nil && a.Listened:
		return fmt.Sprintf("%d heard", a.Telegrams)
	case err == nil && a.Driver != "":
		return "ready"
	case err == nil:
		return "not asked"
	case errors.Is(err, fs.ErrPermission):
		return "no permission"
	case errors.Is(err, device.ErrBusy):
		return "held"
	case errors.Is(err, device.ErrNoAnswer):
		return "no answer"
	case errors.Is(err, port.ErrNoDriver):
		return "no driver"
	case errors.Is(err, detect.ErrDeaf):
		return "deaf"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, device.ErrGone):
		return "gone"
	}
	return "not ready"
}

// notes are what the user should know of a port that has no problem.
func notes(a detect.Finding) []string {
	var out []string
	if a.Note != "" {
		out = append(out, a.Note)
	}
	if a.Baud != a.UsualBaud {
		out = append(out, fmt.Sprintf("it answers at %d baud instead of %d, set by another program; earshot finds it, but takes longer", a.Baud, a.UsualBaud))
	}
	if a.Port.Path != "" && !a.Asked && a.Err == nil {
		if a.Port.USB == "" {
			out = append(out, "not asked, since it is not a USB port: if a dongle is wired to it, name it, such as "+a.Port.Path+":rc1180")
		} else {
			out = append(out, "not asked, since no known dongle has its USB ids: if it is a dongle, name it, such as "+a.Port.Path+":im871a")
		}
	}
	return out
}

func writeNotes(b *strings.Builder, found []detect.Finding) {
	head := "\nNotes:\n"
	for _, a := range found {
		for _, note := range notes(a) {
			b.WriteString(head)
			head = ""
			writeWrapped(b, portName(a)+": "+printable.Text(note), 2, 4)
		}
	}
}

func writeProblems(b *strings.Builder, found []detect.Finding) {
	head := "\nProblems:\n"
	for _, a := range found {
		if a.Err == nil {
			continue
		}
		cause, cure := causeAndCure(a)
		b.WriteString(head)
		head = ""
		writeWrapped(b, cause, 2, 4)
		if cure != "" {
			writeWrapped(b, "What to do: "+cure, 4, 6)
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

// writeWrapped writes text, if there is any, in lines of textWidth at most.
// Words are not broken, so that commands can be copied.
func writeWrapped(b *strings.Builder, text string, first, rest int) {
	if text != "" {
		b.WriteString(wrapIndented(text, textWidth, first, rest) + "\n")
	}
}
