package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"earshot/collector/imports/finding"
)

// zip reads an archive: a document, or files that are read one by one.
func (rd *reader) zip(data []byte, name string, nested int) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || nested > maxNested {
		return refuse(name, finding.FileBroken)
	}
	if len(z.File) > maxMembers {
		return refuse(name, finding.FileLarge)
	}
	has := func(member string) bool {
		return slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, member) })
	}
	switch {
	case has("xl/workbook.xml"):
		return rd.xlsx(data, z, name)
	case has("word/document.xml"):
		return refuse(name, finding.FileWord)
	case has("mimetype"):
		return refuse(name, finding.FileODS)
	case has("xl/workbook.bin"):
		return refuse(name, finding.FileOldExcel)
	}
	before := len(rd.tables)
	var notes []finding.Finding
	var errs []error
	for _, f := range z.File {
		base := path.Base(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") || strings.HasPrefix(base, ".") || strings.HasSuffix(strings.ToLower(base), ".xsd") {
			continue
		}
		member := name + "/" + clean(f.Name)
		err := rd.member(f, member, nested)
		var refused *Refused
		switch {
		case err == nil:
		case !errors.As(err, &refused) || fatal(refused.Code):
			return err
		default:
			errs = append(errs, err)
			notes = append(notes, refused.Finding)
		}
	}
	if len(rd.tables) == before {
		if len(errs) > 0 {
			return errs[0]
		}
		return refuse(name, finding.FileEmpty)
	}
	rd.tables[before].Notes = append(rd.tables[before].Notes, notes...)
	return nil
}

// fatal errors of a member are those of the archive.
func fatal(code finding.Code) bool {
	return slices.Contains([]finding.Code{finding.FileRows, finding.FileLarge, finding.PasswordMissing, finding.PasswordWrong}, code)
}

// member reads a file of an archive.
func (rd *reader) member(f *zip.File, name string, nested int) error {
	if f.Flags&1 != 0 {
		return refuse(name, finding.FileProtected)
	}
	if err := rd.unzip(int64(f.UncompressedSize64), name); err != nil {
		return err
	}
	r, err := f.Open()
	if err != nil {
		return refuse(name, finding.FileBroken)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return refuse(name, finding.FileBroken)
	}
	if len(data) == 0 {
		return refuse(name, finding.FileEmpty)
	}
	return rd.read(data, name, nested+1)
}

// unzip counts what is unpacked: archives may pretend to be small.
func (rd *reader) unzip(size int64, name string) error {
	if size < 0 || size > maxUnzip || rd.unzipped+size > maxUnzip {
		e := refuse(name, finding.FileLarge)
		e.Count = maxUnzip >> 20
		return e
	}
	rd.unzipped += size
	return nil
}

// clean removes what a name must not have.
func clean(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, name)
}
