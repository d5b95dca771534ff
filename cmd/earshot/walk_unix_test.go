//go:build unix

package main

import (
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hinshun/vt10x"
)

var pictures = flag.String("pictures", "", "the folder to which TestWalk writes a picture of each screen, and a recording")

// walk is the way of TestWalk through the screens of the demo: what is pressed, a text
// that must come then, and the name of the picture.
var walk = []struct{ press, want, name string }{
	{want: "round 1 over", name: "building"},
	{press: "2", want: "LEFT", name: "left"},
	{press: "\r", want: "specialists", name: "meter"},
	{press: "\x1b", want: "LEFT"},
	{press: "u", want: "May be", name: "air"},
	{press: "\x1b", want: "LEFT"},
	{press: "e", want: "Receivers", name: "equipment"},
	{press: "\x1b", want: "LEFT"},
	{press: "p", want: "Who has to do what", name: "handover"},
	{press: "\x1b", want: "LEFT"},
	{press: "?", want: "keys and signs", name: "help"},
}

// TestWalk walks through the screens of the real program in a terminal; make pictures
// has it write them to docs.
func TestWalk(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	began := time.Now()
	var cast strings.Builder // asciicast v2
	var rest []byte          // the beginning of a character
	fmt.Fprintln(&cast, `{"version":2,"width":100,"height":24,"title":"earshot demo"}`)
	dir := t.TempDir()
	w := c.window(c.earshot(dir, "demo", "--speed", "4", "--theme", "dark", "--lang", "en"), func(out []byte) {
		rest = append(rest, out...)
		whole := len(rest)
		for whole > 0 && whole > len(rest)-utf8.UTFMax && !utf8.Valid(rest[:whole]) {
			whole--
		}
		text, _ := json.Marshal(string(rest[:whole]))
		rest = rest[whole:]
		fmt.Fprintf(&cast, "[%.3f,\"o\",%s]\n", time.Since(began).Seconds(), text)
	})
	for _, step := range walk {
		w.press(step.press)
		w.until(step.want)
		w.draw(step.name)
	}
	w.press("qq")
	<-w.ended
	setup := c.window(c.earshot(dir, "--lang", "en"))
	setup.until("set-up")
	setup.draw("setup")
	setup.press("q")
	<-setup.ended
	if *pictures != "" {
		if err := os.WriteFile(filepath.Join(*pictures, "demo.cast"), []byte(cast.String()), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// earshot is the program in a folder of its own.
func (c *cellar) earshot(dir string, args ...string) *exec.Cmd {
	c.t.Helper()
	cmd := c.program()
	cmd.Args = append([]string{"earshot"}, args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Env, "HOME="+dir, "XDG_STATE_HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	return cmd
}

// draw writes a picture of the screen.
func (w *window) draw(name string) {
	w.c.t.Helper()
	if name == "" || *pictures == "" {
		return
	}
	w.settle()
	if err := os.WriteFile(filepath.Join(*pictures, name+".svg"), []byte(svg(w.screen)), 0o644); err != nil {
		w.c.t.Fatal(err)
	}
}

// settle waits until nothing has been painted for a while.
func (w *window) settle() {
	for {
		select {
		case <-w.painted:
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

const (
	cellWidth, cellHeight = 8.4, 17
	paper, ink            = "#101418", "#d8dee6"
	noBreakSpace          = '\u00a0'
)

// svg is a screen as a picture.
func svg(screen vt10x.Terminal) string {
	screen.Lock()
	defer screen.Unlock()
	columns, lines := screen.Size()
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">`,
		float64(columns)*cellWidth+16, lines*cellHeight+16)
	fmt.Fprintf(&out, "\n<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"%s\"/>\n", paper)
	for y := range lines {
		for x := 0; x < columns; {
			first, end := screen.Cell(x, y), x+1
			for end < columns && sameLook(first, screen.Cell(end, y)) {
				end++
			}
			drawRun(&out, screen, x, end, y)
			x = end
		}
	}
	out.WriteString("</svg>\n")
	return out.String()
}

func sameLook(a, b vt10x.Glyph) bool { return a.FG == b.FG && a.BG == b.BG && a.Mode == b.Mode }

// drawRun draws cells of one look.
func drawRun(out *strings.Builder, screen vt10x.Terminal, from, to, y int) {
	const bold = 4 // attrBold of vt10x
	look := screen.Cell(from, y)
	if look.BG != vt10x.DefaultBG {
		fmt.Fprintf(out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", leftOf(from), 8+y*cellHeight, float64(to-from)*cellWidth, cellHeight, rgb(look.BG))
	}
	for from < to && screen.Cell(from, y).Char <= ' ' {
		from++
	}
	for from < to && screen.Cell(to-1, y).Char <= ' ' {
		to--
	}
	if from == to {
		return
	}
	var text []rune
	for x := from; x < to; x++ {
		char := screen.Cell(x, y).Char
		if char <= ' ' {
			char = noBreakSpace // others are drawn as one
		}
		text = append(text, char)
	}
	weight := ""
	if look.Mode&bold != 0 {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(out, "<text x=\"%.1f\" y=\"%d\" fill=\"%s\" textLength=\"%.1f\"%s>", leftOf(from), 8+y*cellHeight+13, rgb(look.FG), float64(to-from)*cellWidth, weight)
	_ = xml.EscapeText(out, []byte(string(text)))
	out.WriteString("</text>\n")
}

// leftOf is where a column begins.
func leftOf(column int) float64 { return 8 + float64(column)*cellWidth }

// rgb is a colour of a terminal.
func rgb(c vt10x.Color) string {
	base := [16]string{"#20262d", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf",
		"#5c6370", "#ff7b86", "#b5e890", "#ffd68a", "#7cc4ff", "#de9bf2", "#7fdbe6", "#ffffff"}
	level := func(n vt10x.Color) int { return int(n)*40 + min(int(n), 1)*55 }
	switch {
	case c == vt10x.DefaultFG:
		return ink
	case c == vt10x.DefaultBG:
		return paper
	case c < 16:
		return base[c]
	case c < 232:
		c -= 16
		return fmt.Sprintf("#%02x%02x%02x", level(c/36), level(c/6%6), level(c%6))
	case c < 256:
		grey := 8 + 10*int(c-232)
		return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
	}
	return fmt.Sprintf("#%06x", int(c)&0xFFFFFF)
}
