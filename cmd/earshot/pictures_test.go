package main

import (
	"archive/zip"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// picture is a file and what earshot import shows of it, in docs/troubleshooting.md.
var picture = regexp.MustCompile("(?s)```text (\\S+)\n(.*?)```\n\n```\n(.*?)```\n")

// picturePassword is that of the KEM file and of the encrypted list.
const picturePassword = "a word for pictures"

// TestPicturesOfFormats compares the pictures of formats with the program;
// go test ./cmd/earshot -run PicturesOfFormats -update draws them anew.
func TestPicturesOfFormats(t *testing.T) {
	t.Parallel()
	const name, heading, next = "docs/troubleshooting.md", "### How each format is read\n", "\n## "
	page := read(t, name)
	begin := strings.Index(page, heading)
	if begin < 0 {
		t.Fatalf("%s has no heading %q", name, heading)
	}
	part, _, _ := strings.Cut(page[begin:], next)
	dir, formats := t.TempDir(), map[string]bool{}
	drawn := picture.ReplaceAllStringFunc(part, func(block string) string {
		m := picture.FindStringSubmatch(block)
		file, source := m[1], m[2]
		formats[filepath.Ext(file)] = true
		writePicture(t, dir, file, source)
		shown := strings.TrimSpace(importPicture(t, dir, file))
		return "```text " + file + "\n" + source + "```\n\n```\n" + shown + "\n```\n"
	})
	if len(formats) < 9 {
		t.Errorf("pictures of %d formats: %v", len(formats), formats)
	}
	if drawn == part {
		return
	}
	if !*update {
		t.Fatalf("%s shows other pictures than the program: run this test with -update:\n%s", name, drawn)
	}
	if err := os.WriteFile(filepath.Join(repository, name), []byte(page[:begin]+drawn+page[begin+len(part):]), 0o644); err != nil {
		t.Fatal(err)
	}
}

// importPicture is what the program shows of a file.
func importPicture(t *testing.T, dir, file string, more ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "earshot", append([]string{"import", file}, more...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "EARSHOT_KEM_PASSWORD="+picturePassword, "EARSHOT_PASSPHRASE="+picturePassword)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
		t.Errorf("%s: %v: %s", file, err, out)
	}
	return string(out)
}

// writePicture makes the file of a picture.
func writePicture(t *testing.T, dir, file, source string) {
	t.Helper()
	data := []byte(source)
	switch filepath.Ext(file) {
	case ".xlsx":
		data = workbook(t, source)
	case ".kem":
		data = kem(t, source)
	case ".zip":
		data = archive(t, dir, strings.Fields(source))
	case ".age":
		importPicture(t, dir, strings.TrimSpace(source), "-o", file)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// workbook is a workbook of a sheet: its name in brackets, then rows of cells between |.
func workbook(t *testing.T, source string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	head, rows, _ := strings.Cut(source, "\n")
	sheet := strings.Trim(head, "[]")
	err := f.SetSheetName("Sheet1", sheet)
	row := 0
	for line := range strings.Lines(rows) {
		row++
		for i, cell := range strings.Split(strings.TrimSpace(line), "|") {
			at, _ := excelize.CoordinatesToCellName(i+1, row)
			if e := f.SetCellStr(sheet, at, cell); e != nil {
				err = e
			}
		}
	}
	out, e := f.WriteToBuffer()
	if err != nil || e != nil {
		t.Fatal(err, e)
	}
	return out.Bytes()
}

// kem encrypts the inside of a KEM file.
func kem(t *testing.T, source string) []byte {
	t.Helper()
	var key [aes.BlockSize]byte
	copy(key[:], picturePassword)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	data := append([]byte(source), make([]byte, aes.BlockSize-len(source)%aes.BlockSize)...)
	cipher.NewCBCEncrypter(block, key[:]).CryptBlocks(data, data)
	return fmt.Appendf(nil, `<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>`+
		`<CipherData><CipherValue>%s</CipherValue></CipherData></EncryptedData>`, base64.StdEncoding.EncodeToString(data))
}

// archive packs files.
func archive(t *testing.T, dir string, files []string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(file)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
