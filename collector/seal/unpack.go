package seal

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"
)

// archive is a sealed file that is being read.
type archive struct {
	in      io.ReaderAt
	size    int64
	at      time.Time // of its files
	members []member
}

// errNotSealed is wrapped if a file is not a sealed file at all.
var errNotSealed = errors.New("it is not a sealed protocol of earshot")

// openArchive reads the directory of an archive, or if that is damaged the headers of
// its files. note takes what is wrong with anything that is not content. The error
// wraps errNotSealed.
func openArchive(in io.ReaderAt, size int64, note func(Problem)) (*archive, error) {
	a := &archive{in: in, size: size}
	if size > maxArchive {
		return nil, fmt.Errorf("%w: it has %d bytes, and %d are the most", errNotSealed, size, maxArchive)
	}
	damaged := a.readDirectory()
	if damaged != nil {
		a.members = nil
		a.scan()
	}
	if len(a.members) == 0 {
		return nil, fmt.Errorf("%w: %w", errNotSealed, damaged)
	}
	if err := checkNames(a.members); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotSealed, err)
	}
	a.compare(note)
	return a, nil
}

// readDirectory reads the members from the directory at the end.
func (a *archive) readDirectory() error {
	if a.size < endSize {
		return errors.New("it is too short")
	}
	end, err := a.bytes(a.size-endSize, endSize)
	if err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(end) != endMagic {
		return errors.New("it does not end as a ZIP archive of earshot does")
	}
	n, size, from := int(binary.LittleEndian.Uint16(end[10:])), int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if n > maxMembers || size > maxMembers*(centralSize+maxName) || from+size+endSize != a.size {
		return errors.New("its directory is not where it should be")
	}
	dir, err := a.bytes(from, int(size))
	if err != nil {
		return err
	}
	for range n {
		if len(dir) < centralSize || binary.LittleEndian.Uint32(dir) != centralMagic {
			return errors.New("its directory is damaged")
		}
		length := centralSize + int(binary.LittleEndian.Uint16(dir[28:]))
		if length > len(dir) {
			return errors.New("its directory is damaged")
		}
		m := parseCommon(dir[8:])
		m.name, m.offset = string(dir[centralSize:length]), binary.LittleEndian.Uint32(dir[42:])
		if err := m.check(); err != nil {
			return err
		}
		if m.end() > from {
			return fmt.Errorf("%s ends behind the directory", m.name)
		}
		if len(a.members) == 0 {
			a.at = timeOf(binary.LittleEndian.Uint16(dir[14:]), binary.LittleEndian.Uint16(dir[12:]))
		}
		a.members = append(a.members, m)
		dir = dir[length:]
	}
	if len(dir) > 0 {
		return errors.New("its directory has more than it says")
	}
	return nil
}

// scan reads the members from their headers, as far as these can be read.
func (a *archive) scan() {
	for at := int64(0); len(a.members) < maxMembers; {
		head, err := a.bytes(at, localSize)
		if err != nil || binary.LittleEndian.Uint32(head) != localMagic {
			return
		}
		name, err := a.bytes(at+localSize, int(binary.LittleEndian.Uint16(head[26:])))
		if err != nil {
			return
		}
		m := parseLocal(head, string(name), at)
		if m.check() != nil || m.end() > a.size {
			return
		}
		if len(a.members) == 0 {
			a.at = timeOf(binary.LittleEndian.Uint16(head[12:]), binary.LittleEndian.Uint16(head[10:]))
		}
		a.members = append(a.members, m)
		at = m.end()
	}
}

// compare makes all that is not content again, and notes what differs.
func (a *archive) compare(note func(Problem)) {
	at := int64(0)
	for i := range a.members {
		m := &a.members[i]
		if int64(m.offset) != at {
			note(Problem{Code: ArchiveOrder, File: m.name, Offset: at})
		}
		a.same(m.local(a.at), int64(m.offset), note, func(int64) string { return m.name })
		at = m.end()
	}
	end := directory(a.members, a.at)
	if rest := a.size - at; rest != int64(len(end)) {
		note(Problem{Code: ArchiveExtra, Offset: at, Want: fmt.Sprint(len(end)), Got: fmt.Sprint(rest)})
	}
	a.same(end, at, note, func(offset int64) string {
		for i := range a.members {
			if offset -= int64(centralSize + len(a.members[i].name)); offset < 0 {
				return a.members[i].name
			}
		}
		return ""
	})
}

// same notes the first byte that is not what it should be; name says of which file
// it is.
func (a *archive) same(want []byte, at int64, note func(Problem), name func(offset int64) string) {
	got, err := a.bytes(at, min(len(want), int(max(a.size-at, 0))))
	if err != nil {
		note(Problem{Code: ArchiveExtra, Offset: at})
		return
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			note(Problem{Code: ArchiveHeader, File: name(int64(i)), Offset: at + int64(i)})
			return
		}
	}
}

// bytes reads a part of the file.
func (a *archive) bytes(at int64, n int) ([]byte, error) {
	if at < 0 || n < 0 || at+int64(n) > a.size {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, n)
	_, err := io.ReadFull(io.NewSectionReader(a.in, at, int64(n)), b)
	return b, err
}

// names are the files in their order.
func (a *archive) names() []string {
	out := make([]string, len(a.members))
	for i := range a.members {
		out[i] = a.members[i].name
	}
	return out
}

func (a *archive) find(name string) (*member, bool) {
	i := slices.IndexFunc(a.members, func(m member) bool { return m.name == name })
	if i < 0 {
		return nil, false
	}
	return &a.members[i], true
}

// errPacked is content that cannot be unpacked to what the archive says.
var errPacked = errors.New("it cannot be unpacked")

// open reads the content of a file. The reader ends with an error that wraps
// errPacked if there is less or more than the archive says. packed, unless it is
// nil, sums the bytes in the archive.
func (a *archive) open(m *member, packed hash.Hash) io.Reader {
	var raw io.Reader = io.NewSectionReader(a.in, m.start(), int64(m.packed))
	if packed != nil {
		raw = io.TeeReader(raw, packed)
	}
	in := bufio.NewReaderSize(raw, 1<<15) // of which flate takes no more than it needs
	if m.method == stored {
		return &exactly{r: in, left: int64(m.size), in: in}
	}
	return &exactly{r: flate.NewReader(in), left: int64(m.size), in: in}
}

// exactly reads as many bytes as there should be.
type exactly struct {
	r    io.Reader
	left int64
	in   *bufio.Reader
	err  error
}

func (e *exactly) Read(b []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	n, err := e.r.Read(b[:min(int64(len(b)), e.left+1)])
	e.left -= int64(n)
	switch {
	case e.left < 0:
		n, e.left, e.err = n-1, 0, fmt.Errorf("%w: it is longer than it says", errPacked)
	case err == io.EOF && e.left > 0:
		e.err = fmt.Errorf("%w: it is shorter than it says", errPacked)
	case err == io.EOF && !ended(e.in):
		e.err = fmt.Errorf("%w: something follows its end", errPacked)
	case err == io.EOF:
		e.err = io.EOF
	case err != nil:
		e.err = fmt.Errorf("%w: %w", errPacked, err)
	}
	return n, e.err
}

// ended reports whether everything was read.
func ended(in *bufio.Reader) bool {
	_, err := in.Peek(1)
	return errors.Is(err, io.EOF)
}

// content is a whole file that must not be larger than limit.
func (a *archive) content(name string, limit int64) ([]byte, error) {
	m, found := a.find(name)
	if !found {
		return nil, errMissing
	}
	if int64(m.size) > limit {
		return nil, fmt.Errorf("it has %d bytes, and %d are the most", m.size, limit)
	}
	var b bytes.Buffer
	_, err := io.Copy(&b, a.open(m, nil))
	return b.Bytes(), err
}

// errMissing is a file that an archive does not have.
var errMissing = errors.New("it is missing")
