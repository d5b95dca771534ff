//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"earshot/collector/words"
	"earshot/device/wmbus"
)

// What the meters of the day's building are, by their numbers.
const (
	numberGood    = "61034872"
	numberSwapped = "52290417" // has the key of numberOther in the list
	numberOther   = "78815306"
	numberWrong   = "45671283" // is 45671238
	numberRight   = "45671238"
	numberNoKey   = "39904165"
	numberNoted   = "84420951"
	numberGivenUp = "27163390"
	numberLate    = "90358824" // is heard in the second round
	numberNew     = "13572460" // is not in the list
)

// dayPassphrase locks the file with the key that was pasted.
const dayPassphrase = "a cellar in the evening"

// dayKey is the key of a meter.
func dayKey(number string) []byte {
	sum := sha256.Sum256([]byte("a day with " + number))
	return sum[:16]
}

// dayRows are those of the list: number, whose key, where, and how long it is waited for.
var dayRows = [][4]string{
	{numberGood, numberGood, "A 1 tv"},
	{numberSwapped, numberOther, "A 1 tv"},
	{numberOther, numberSwapped, "A 1 th"},
	{numberWrong, numberRight, "A 2 tv"},
	{numberNoKey, "", "A 2 th"},
	{numberNoted, numberNoted, "A 2 th"},
	{numberGivenUp, numberGivenUp, "B 1 tv", "2"},
	{numberLate, numberLate, "B 1 th", "2"},
	{"70093345", "70093345", "B 2 tv"},
	{"66518027", "66518027", "B 2 th"},
}

// day is an installer with a terminal of 80×24 and a list in a language.
type day struct {
	*cellar
	lang   *words.Language
	home   string
	said   map[string]int // telegrams by number
	conn   net.Conn       // of the receiver
	window *window
	shown  bytes.Buffer // all that the windows showed
}

// TestDay is an installer's whole day without leaving the keyboard: the set-up with a
// workbook, a round, what is wrong in the list, a second round, and the next start.
func TestDay(t *testing.T) {
	t.Parallel()
	for _, lang := range []*words.Language{words.English, words.Danish} {
		t.Run(lang.String(), func(t *testing.T) {
			t.Parallel()
			d := &day{cellar: newCellar(t), lang: lang, home: t.TempDir(), said: map[string]int{}}
			var cancel context.CancelFunc
			d.ctx, cancel = context.WithTimeout(t.Context(), 4*time.Minute)
			t.Cleanup(cancel)
			d.writeBook()
			d.setUp()
			d.firstRound()
			d.repair()
			d.handwork()
			d.secondRound()
			d.claim()
			d.leave()
			d.resume()
			d.leave()
			d.check()
		})
	}
}

func (d *day) writeBook() {
	book := excelize.NewFile()
	rows := [][]any{{"Målernr.", "Fabrikat", "Nøgle", "Placering", "Målertype", "Timeout"}}
	for _, r := range dayRows {
		key := ""
		if r[1] != "" {
			key = hex.EncodeToString(dayKey(r[1]))
		}
		rows = append(rows, []any{r[0], "KAM", key, r[2], "koldt vand", r[3]})
	}
	rows = append(rows, []any{"ukendt", "KAM", "", "B 3 tv", "koldt vand", ""})
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			d.t.Fatal(err)
		}
	}
	if err := book.SaveAs(filepath.Join(d.home, "Nørregade 7.xlsx")); err != nil {
		d.t.Fatal(err)
	}
}

// command is earshot with the installer's home and language.
func (d *day) command(args ...string) *exec.Cmd {
	d.t.Helper()
	cmd := exec.CommandContext(d.ctx, d.program().Path)
	cmd.Args = append([]string{"earshot"}, args...)
	cmd.Dir = d.home
	locale := map[*words.Language]string{words.English: "C.UTF-8", words.Danish: "da_DK.UTF-8"}[d.lang]
	cmd.Env = append(os.Environ(), "SSH_CONNECTION=", "TERM=xterm-256color", "LANG="+locale, "LC_ALL=", "LC_MESSAGES=", "NO_COLOR=", "EARSHOT_PASSPHRASE=",
		"HOME="+d.home, "XDG_STATE_HOME="+filepath.Join(d.home, ".state"), "XDG_DATA_HOME="+filepath.Join(d.home, ".data"))
	return cmd
}

// start is earshot without a command.
func (d *day) start() {
	d.t.Helper()
	d.window = d.windowOf(d.command(), 80)
}

// leave quits.
func (d *day) leave() {
	d.t.Helper()
	d.window.press("q")
	if err := d.window.cmd.Wait(); d.window.cmd.ProcessState.ExitCode() != exitNotPassed {
		d.t.Errorf("it ended with %v", err)
	}
	<-d.window.ended
	d.shown.Write(d.window.raw.Bytes())
}

// sees waits for a message; what is too long for the screen is waited for in part.
func (d *day) sees(name string, a words.Args) {
	d.t.Helper()
	d.seesText(d.lang.Say(name, a))
}

func (d *day) seesCount(name string, n int, a words.Args) {
	d.t.Helper()
	d.seesText(d.lang.Plural(name, n, a))
}

func (d *day) seesText(text string) {
	d.t.Helper()
	runes := []rune(text)
	d.window.until(string(runes[:min(len(runes), 60)]))
}

// done waits until so many meters are done.
func (d *day) done(count int) {
	d.t.Helper()
	d.sees("building.done_of", words.Args{"Done": count, "Count": len(dayRows)})
}

// back presses escape, which is no part of another key only if nothing follows it at once.
func (d *day) back(name string, a words.Args) {
	d.t.Helper()
	d.window.press("\x1b")
	d.sees(name, a)
}

// open shows the page of a meter that is searched for in the list.
func (d *day) open(number string) {
	d.t.Helper()
	d.window.press("/" + number + "\r\r")
	d.window.until(d.lang.Say("meter.chain", nil))
	d.window.until(number)
}

// close goes back to the whole list.
func (d *day) close() {
	d.t.Helper()
	d.back("building.status.search", nil)
	d.window.press("\x1b")
	d.unsees("building.status.search")
}

// unsees waits until a message is gone.
func (d *day) unsees(name string) {
	d.t.Helper()
	w, text := d.window, d.lang.Say(name, nil)
	for strings.Contains(w.screen.String(), text) {
		select {
		case <-w.painted:
		case <-d.ctx.Done():
			d.t.Fatalf("%q stays on the screen:\n%s", text, w.screen.String())
		}
	}
}

func ref(number string) string { return "KAM-" + number }

// says lets a meter send two telegrams.
func (d *day) says(numbers ...string) {
	d.t.Helper()
	for _, number := range append(numbers, numbers...) {
		raw, err := hex.DecodeString(number)
		if err != nil {
			d.t.Fatal(err)
		}
		d.said[number]++
		n := byte(d.said[number])
		id := wmbus.ID(uint32(raw[0])<<24 | uint32(raw[1])<<16 | uint32(raw[2])<<8 | uint32(raw[3]))
		key, err := wmbus.NewKey(dayKey(number))
		if err != nil {
			d.t.Fatal(err)
		}
		msg := wmbus.Message{
			Link: wmbus.Address{Manufacturer: 0x2C2D, ID: id, Version: 0x1B, Type: wmbus.TypeColdWater}, CI: 0x7A, Access: n, Mode: wmbus.ModeAESIV,
			Payload: []byte{0x04, 0x13, raw[3], raw[2], raw[1] >> 4, 0},
		}
		frame, err := msg.Append(nil, key)
		if err != nil {
			d.t.Fatal(err)
		}
		if _, err := fmt.Fprintf(d.conn, "%X\n", frame); err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d *day) setUp() {
	d.start()
	w := d.window
	d.sees("setup.list.none", nil)
	w.press("\r")
	w.until("Nørregade 7.xlsx")
	w.press("\x1b[B\r") // .. is first
	d.seesCount("setup.list.meters", len(dayRows), words.Args{"Keys": len(dayRows) - 1})
	d.seesCount("setup.list.rejected", 1, nil)
	w.press("v")
	d.seesCount("setup.preview", len(dayRows), words.Args{"List": "Nørregade 7.xlsx"})
	w.until("Målernr.")
	d.back("setup.start.ready", nil)
	w.press(strings.Repeat("\x1b[A", 3) + "\r")
	d.sees("setup.ask.receivers", nil)
	w.press("\x15tcp://" + d.radio.Addr().String() + "\r")
	w.until("tcp://127.0.0.1")
	w.press("g")
	d.done(0)
}

func (d *day) firstRound() {
	d.conn = d.receiver()
	d.says(numberGood, numberSwapped, numberOther, numberRight, numberNoKey, numberNoted, "70093345", "66518027", numberNew)
	d.done(4)
}

// repair corrects what is wrong in the list, with what earshot found.
func (d *day) repair() {
	w := d.window
	d.open(numberSwapped)
	d.seesText(d.lang.Say("verdict.key.swapped", words.Args{"First": 3, "Second": 4}))
	w.press("a")
	d.sees("say.swap.sure", words.Args{"First": 3, "Second": 4})
	w.press("a")
	d.sees("alarm.other_key", nil)
	d.close()

	d.open(numberWrong)
	d.sees("offer.correct", words.Args{"Meter": "KAM " + numberRight})
	w.press("a")
	d.sees("say.correct.sure", words.Args{"Meter": ref(numberWrong), "Other": "KAM " + numberRight})
	w.press("a")
	d.sees("alarm.other_id", nil)
	d.close()

	d.open(numberNoKey)
	d.sees("verdict.no_key", nil)
	w.press("k")
	d.sees("meter.ask.key", words.Args{"Meter": ref(numberNoKey)})
	w.press("\x1b[200~" + strings.ToUpper(hex.EncodeToString(dayKey(numberNoKey))) + "\x1b[201~")
	w.until(strings.Repeat("*", 32)) // it is on the screen, and not shown
	w.press("\r")
	d.seesCount("meter.key.opens", 2, words.Args{"Opens": 2})
	w.press("K")
	d.sees("meter.ask.passphrase", nil)
	w.press(dayPassphrase)
	w.until("*****")
	w.press("\r")
	d.sees("meter.key.kept", words.Args{"Meter": ref(numberNoKey), "File": "Nørregade 7.xlsx.keys.age"})
	d.close()
}

// handwork is what the installer notes.
func (d *day) handwork() {
	w := d.window
	d.open(numberNoted)
	w.press("n")
	d.sees("say.note.ask", words.Args{"Meter": ref(numberNoted)})
	w.press("behind the boilerX\r")
	d.sees("say.note.saved", words.Args{"Meter": ref(numberNoted)})
	w.until("  behind the boilerX") // the page has it, too
	w.press("n")
	d.sees("say.note.ask", words.Args{"Meter": ref(numberNoted)})
	w.press("\x7f, left\r")
	d.sees("say.note.changed", words.Args{"Meter": ref(numberNoted)})
	d.close()

	d.open(numberGivenUp)
	w.press("x")
	d.sees("meter.ask.access", words.Args{"Meter": ref(numberGivenUp)})
	w.press("1\r")
	d.sees("meter.access.noted", words.Args{"Meter": ref(numberGivenUp)})
	d.close()
}

func (d *day) secondRound() {
	d.window.press("R")
	round := d.lang.Say("building.round.on", words.Args{"Sign": "", "Round": 2, "Elapsed": "", "Limit": ""})
	d.seesText(strings.Trim(round, " /"))
	d.says(numberLate)
	d.done(9)
}

func (d *day) claim() {
	w := d.window
	w.press("u")
	d.sees("air.title", words.Args{"Count": 1})
	w.press("/" + numberNew + "\rc")
	d.sees("air.ask.place", words.Args{"Meter": ref(numberNew)})
	w.press("Kælder\r")
	d.sees("air.said.claimed", words.Args{"Meter": ref(numberNew)})
	d.back("building.column.where", nil)
}

// resume starts again, and finds everything as it was.
func (d *day) resume() {
	d.start()
	w := d.window
	d.sees("setup.start.ready", nil)
	w.until("tcp://127.0.0.1")
	w.press("g")
	w.until("Nørregade 7.xlsx.keys.age: ") // its passphrase is asked for
	w.press(dayPassphrase + "\r")
	d.sees("say.resumed", words.Args{"Done": 9, "Left": 1})
	d.done(9)
	for _, meter := range []struct{ number, text string }{
		{numberSwapped, d.lang.Say("alarm.other_key", nil)},
		{numberWrong, d.lang.Say("alarm.other_id", nil)},
		{numberNoKey, d.lang.Say("verdict.ok", nil)},
		{numberNoted, "  behind the boiler, left"},
		{numberGivenUp, d.lang.Term("unreachable", "nobody_home")},
		{numberLate, d.lang.Say("verdict.ok", nil)},
	} {
		d.open(meter.number)
		w.until(meter.text)
		d.close()
	}
	w.press("u")
	d.sees("air.may.claimed", words.Args{"Place": "Kælder"})
	d.back("building.column.where", nil)
}
