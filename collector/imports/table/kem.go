package table

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"earshot/collector/imports/finding"
)

// kem reads Kamstrup's key files, encrypted or not. The names and structure of
// the elements are in docs/lists.md#kem.
func (rd *reader) kem(t Table, text string) error {
	t.Format, t.Named, t.Encoding = KEM, true, ""
	if root, _, _ := rootOf(text); root == "EncryptedData" {
		plain, err := rd.decrypt(t.File, text)
		if err != nil {
			return err
		}
		text = plain
	}
	var err error
	if t.Rows, err = kemMeters(text); err != nil {
		return refuse(t.File, finding.FileBroken)
	}
	return rd.add(t)
}

// decrypt opens the cipher text with the passwords that are to be tried.
func (rd *reader) decrypt(file, text string) (string, error) {
	raw, err := cipherText(text)
	if err != nil || len(raw) == 0 || len(raw)%aes.BlockSize != 0 {
		return "", refuse(file, finding.FileBroken)
	}
	if rd.password != "" {
		if plain, ok := openKEM(raw, rd.password); ok {
			return plain, nil
		}
	}
	if rd.Password == nil {
		return "", refuse(file, finding.PasswordMissing)
	}
	for again := false; ; again = true {
		password, more := rd.Password(file, again)
		switch {
		case !more && again:
			return "", refuse(file, finding.PasswordWrong)
		case !more:
			return "", refuse(file, finding.PasswordMissing)
		}
		if plain, ok := openKEM(raw, password); ok {
			rd.password = password
			return plain, nil
		}
	}
}

// cipherText is the content of EncryptedData/CipherData/CipherValue.
func cipherText(text string) ([]byte, error) {
	d := newXML(text)
	var path []string
	var value strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
		case xml.EndElement:
			if len(path) == 3 && token.Name.Local == "CipherValue" && path[1] == "CipherData" {
				return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value.String()), ""))
			}
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) == 3 && path[1] == "CipherData" && path[2] == "CipherValue" {
				value.Write(token)
			}
		}
	}
	return nil, io.ErrUnexpectedEOF
}

// openKEM decrypts with AES-128-CBC; key and IV are the password's first 16
// bytes, filled up with zeros. What is after the last > is padding.
func openKEM(raw []byte, password string) (string, bool) {
	var key [16]byte
	copy(key[:], password)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return "", false
	}
	plain := make([]byte, len(raw))
	cipher.NewCBCDecrypter(block, key[:]).CryptBlocks(plain, raw)
	text := string(plain)
	text = strings.TrimPrefix(text[:strings.LastIndexByte(text, '>')+1], "\ufeff")
	if !utf8.ValidString(text) || !strings.HasPrefix(strings.TrimSpace(text), "<") {
		return "", false
	}
	root, _, doctype := rootOf(text)
	return text, (root == "MetersInOrder" || root == "Devices") && !doctype
}

// kemColumns are the columns of a key file, and the elements that fill them; an
// earlier element wins.
var kemColumns = []struct {
	name     string
	elements []string
}{
	{"id", []string{"SerialNo", "SerialNumber", "MeterNo", "Id"}},
	{"manufacturer", []string{"VendorId", "ManufacturerId"}},
	{"key", []string{"DEK", "DEKKey"}},
	{"medium", []string{"ConsumptionType", "ConsumptionTypeName"}},
	{"note", []string{"MeterName", "ShortName"}},
}

// kemMeters reads the meters of the inner form: Meter in MetersInOrder, or
// Device in Devices.
func kemMeters(text string) ([]Row, error) {
	head := Row{}
	for _, c := range kemColumns {
		head.Cells = append(head.Cells, Cell{Text: c.name})
	}
	rows := []Row{head}
	d := newXML(text)
	m := kemMeter{}
	for {
		line, _ := d.InputPos()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil || len(m.path) > 32 {
			return nil, errors.Join(err, io.ErrUnexpectedEOF)
		}
		switch token := token.(type) {
		case xml.StartElement:
			m.path = append(m.path, token.Name.Local)
			m.text.Reset()
			if len(m.path) == 2 {
				m.line, m.values = line, map[string]string{}
			}
			if token.Name.Local == "Key" {
				m.keyName, m.keyValue = attr(token, "Name"), ""
			}
		case xml.CharData:
			if m.text.Len() < MaxCell {
				m.text.Write(token)
			}
		case xml.EndElement:
			if m.end(token.Name.Local); len(m.path) == 1 && m.values != nil {
				rows = append(rows, m.row())
			}
		}
	}
}

// kemMeter is a meter that is being read.
type kemMeter struct {
	path              []string
	text              strings.Builder
	line              int
	values            map[string]string
	keyName, keyValue string
}

// end takes the text of an element. Of named keys only the one named DEK is
// kept, so that no other one can get anywhere.
func (m *kemMeter) end(name string) {
	text := strings.TrimSpace(m.text.String())
	m.text.Reset()
	parent := ""
	if len(m.path) > 1 {
		parent = m.path[len(m.path)-2]
	}
	m.path = m.path[:len(m.path)-1]
	switch {
	case m.values == nil:
	case parent == "Key" && (name == "Name" || name == "Type"):
		m.keyName = text
	case parent == "Key" && name == "Value":
		m.keyValue = text
	case name == "Key" && parent == "Keys":
		if m.keyValue == "" {
			m.keyValue = text
		}
		if strings.EqualFold(m.keyName, "DEK") && m.values["DEK"] == "" {
			m.values["DEK"] = m.keyValue
		}
	case m.values[name] == "":
		m.values[name] = text
	}
}

func (m *kemMeter) row() Row {
	row := Row{Line: m.line}
	for _, c := range kemColumns {
		text := ""
		for _, e := range c.elements {
			if text == "" {
				text = m.values[e]
			}
		}
		row.Cells = append(row.Cells, Cell{Text: text})
	}
	m.values = nil
	return row
}
