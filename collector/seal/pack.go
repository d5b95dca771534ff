package seal

import (
	"bufio"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"time"
)

// packer writes an archive.
type packer struct {
	f       *os.File
	at      time.Time // of all its files
	members []member
	sums    []sum // by member
}

// sum is what is signed of a file.
type sum struct {
	name   string
	plain  string // SHA-256 of its content, in hex
	packed string // … of its bytes in the archive, "" if they are the same
	crcOff bool   // its CRC-32 is not that of its header
}

// errTooLarge is a protocol that a sealed file cannot hold.
var errTooLarge = fmt.Errorf("the protocol is too large to be sealed: a file of more than %d bytes, or more than %d files", maxMember, maxMembers)

// add writes a file; write makes its content. A compressed one has a second sum, since
// the same content can be compressed in many ways.
func (p *packer) add(name string, compress bool, write func(io.Writer) error) error {
	m := member{name: name, method: stored}
	if compress {
		m.method = deflated
	}
	if n := len(p.members); n > 0 {
		end := p.members[n-1].end()
		if end > maxArchive || n >= maxMembers {
			return errTooLarge
		}
		m.offset = uint32(end)
	}
	if err := m.check(); err != nil {
		return err
	}
	if _, err := p.f.Seek(m.start(), io.SeekStart); err != nil {
		return err
	}
	out := bufio.NewWriterSize(p.f, 1<<16)
	packed := &meter{w: out, sum: sha256.New()}
	plain := &meter{w: packed, sum: sha256.New(), crc: crc32.NewIEEE()}
	var close func() error
	if compress {
		z, err := flate.NewWriter(packed, flate.DefaultCompression)
		if err != nil {
			return err
		}
		plain.w, close = z, z.Close
	}
	err := write(plain)
	if close != nil {
		err = errors.Join(err, close())
	}
	if err = errors.Join(err, out.Flush()); err != nil {
		return err
	}
	if plain.n > maxMember || packed.n > maxMember {
		return errTooLarge
	}
	m.crc, m.size, m.packed = plain.crc.Sum32(), uint32(plain.n), uint32(packed.n)
	if _, err := p.f.WriteAt(m.local(p.at), int64(m.offset)); err != nil {
		return err
	}
	s := sum{name: name, plain: hex.EncodeToString(plain.sum.Sum(nil))}
	if compress {
		s.packed = hex.EncodeToString(packed.sum.Sum(nil))
	}
	p.members, p.sums = append(p.members, m), append(p.sums, s)
	return checkNames(p.members)
}

// finish writes the directory.
func (p *packer) finish() error {
	last := p.members[len(p.members)-1]
	_, err := p.f.WriteAt(directory(p.members, p.at), last.end())
	return err
}

// meter counts and sums what is written through it.
type meter struct {
	w   io.Writer
	n   int64
	sum hash.Hash
	crc hash.Hash32 // nil if it is not wanted
}

func (m *meter) Write(b []byte) (int, error) {
	if m.n += int64(len(b)); m.n > maxMember {
		return 0, errTooLarge
	}
	_, _ = m.sum.Write(b)
	if m.crc != nil {
		_, _ = m.crc.Write(b)
	}
	return m.w.Write(b)
}
