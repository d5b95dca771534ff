package imports

import (
	"archive/zip"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// encodings of the cases, by name.
var encodings = map[string]encoding.Encoding{
	"windows-1252": charmap.Windows1252, "windows-1250": charmap.Windows1250, "latin-2": charmap.ISO8859_2, "cp850": charmap.CodePage850, "mac": charmap.Macintosh,
	"utf-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"utf-16 bare": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-8 bom": unicode.UTF8BOM,
}

// encode makes the bytes of a file, as its case says.
func (c *listCase) encode(t *testing.T, f txtar.File) []byte {
	t.Helper()
	data := f.Data
	switch {
	case strings.HasSuffix(f.Name, ".xlsx"):
		return xlsxOf(t, string(data))
	case strings.Contains(f.Name, ".kem"):
		return kemOf(t, string(data), c.how["key"], c.how["pad"])
	}
	switch c.how["lines"] {
	case "crlf":
		data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	case "cr":
		data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r"))
	}
	switch name := c.how["encoding"]; {
	case name == "twice":
		text, err := charmap.Windows1252.NewDecoder().String(string(data))
		if err != nil {
			t.Fatal(err)
		}
		return []byte(text)
	case name != "":
		out, err := encodings[name].NewEncoder().Bytes(data)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if c.how["bytes"] != "" {
		raw, err := strconv.Unquote(`"` + c.how["bytes"] + `"`)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(raw)
	}
	return data
}

// xlsxOf writes a workbook: cells between |, sheets begin with "[name]" or
// "[name] hidden". A cell begins with n: for a number, z: for a number with the
// format 00000000, t: for one with separators, d: for a day, f: for a formula
// with a value, u: for one without. "merge A1:B2" merges cells.
func xlsxOf(t *testing.T, text string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	formats := map[string]string{"z": "00000000", "t": "#,##0", "d": "dd\\.mm\\.yyyy"}
	sheet, row := "Sheet1", 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if name, rest, ok := strings.Cut(strings.TrimPrefix(line, "["), "]"); ok && strings.HasPrefix(line, "[") {
			if sheet == "Sheet1" && row == 0 {
				must(t, f.SetSheetName(sheet, name))
			} else if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			if sheet, row = name, 0; strings.TrimSpace(rest) == "hidden" {
				if i, _ := f.GetSheetIndex(sheet); i == 0 { // one has to be visible
					_, err := f.NewSheet("Empty")
					must(t, err)
					f.SetActiveSheet(1)
				}
				must(t, f.SetSheetVisible(sheet, false))
			}
			continue
		}
		if cells, ok := strings.CutPrefix(line, "merge "); ok {
			from, to, _ := strings.Cut(cells, ":")
			must(t, f.MergeCell(sheet, from, to))
			continue
		}
		row++
		for i, cell := range strings.Split(line, "|") {
			at, _ := excelize.CoordinatesToCellName(i+1, row)
			kind, value, typed := strings.Cut(cell, ":")
			number, err := strconv.ParseFloat(value, 64)
			switch {
			case typed && len(kind) == 1 && strings.Contains("nzt", kind) && err == nil:
				must(t, f.SetCellValue(sheet, at, number))
			case typed && kind == "d":
				day, err := time.Parse("2006-01-02", value)
				must(t, err)
				must(t, f.SetCellValue(sheet, at, day))
			case typed && kind == "f":
				must(t, f.SetCellStr(sheet, at, value))
				must(t, f.SetCellFormula(sheet, at, `CONCATENATE("`+value+`")`))
			case typed && kind == "u":
				must(t, f.SetCellFormula(sheet, at, value))
			default:
				must(t, f.SetCellStr(sheet, at, cell))
			}
			if format := formats[kind]; typed && format != "" {
				style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
				must(t, err)
				must(t, f.SetCellStyle(sheet, at, at, style))
			}
		}
	}
	var out bytes.Buffer
	must(t, f.Write(&out))
	return out.Bytes()
}

// kemOf encrypts the XML of a key file, written from docs/lists.md.
func kemOf(t *testing.T, plain, password, pad string) []byte {
	t.Helper()
	if password == "" {
		return []byte(plain)
	}
	var key [16]byte
	copy(key[:], password)
	data := []byte(plain)
	fill := aes.BlockSize - len(data)%aes.BlockSize
	b := byte(0)
	if pad == "pkcs" {
		b = byte(fill)
	}
	data = append(data, bytes.Repeat([]byte{b}, fill)...)
	block, err := aes.NewCipher(key[:])
	must(t, err)
	cipher.NewCBCEncrypter(block, key[:]).CryptBlocks(data, data)
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="utf-8"?>
<EncryptedData Type="http://www.w3.org/2001/04/xmlenc#Element" xmlns="http://www.w3.org/2001/04/xmlenc#">
<EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc" />
<Signature><SignatureValue>AAECAwQFBgcICQoLDA0ODw==</SignatureValue></Signature>
<CipherData><CipherValue>%s</CipherValue></CipherData></EncryptedData>`, base64.StdEncoding.EncodeToString(data))
}

// zipped packs files.
func zipped(t *testing.T, dir, name string, paths []string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		must(t, err)
		w, err := z.Create(filepath.Base(path))
		must(t, err)
		_, err = w.Write(data)
		must(t, err)
	}
	must(t, z.Close())
	path := filepath.Join(dir, name)
	must(t, os.WriteFile(path, out.Bytes(), 0o600))
	return path
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
