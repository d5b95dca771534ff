package seal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// A sealed file is a ZIP archive in one form: the files follow each other from the
// first byte on, then comes the directory, then its end. No file has extra fields, a
// comment, a folder or a link. So what is not content can be made again and compared
// byte by byte. Source: docs/seal.md#archive, and for the numbers PKWARE's
// APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.
const (
	localSize   = 30 // of a file's header, without its name
	crcAt       = 14 // where its checksum is
	centralSize = 46 // of an entry of the directory, without its name
	endSize     = 22

	localMagic   = 0x04034b50
	centralMagic = 0x02014b50
	endMagic     = 0x06054b50

	versionNeeded = 20             // 2.0: deflate
	versionMadeBy = 3<<8 | 20      // by Unix, for the mode of the files
	fileMode      = 0o100644 << 16 // a regular file

	stored, deflated = 0, 8
)

// What an archive may have. More is not sealed, and not read.
const (
	maxMembers = 64
	maxName    = 80
	maxArchive = 1 << 30 // bytes
	maxMember  = 1 << 30 // bytes of one file, unpacked
)

// memberName is what a file in the archive may be called: no path, no upper case.
var memberName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,79}$`)

// member is a file in the archive.
type member struct {
	name   string
	method uint16
	crc    uint32
	packed uint32 // bytes in the archive
	size   uint32 // bytes of the file
	offset uint32 // of its header
}

// start is where its content begins, end where the next file does.
func (m *member) start() int64 { return int64(m.offset) + localSize + int64(len(m.name)) }
func (m *member) end() int64   { return m.start() + int64(m.packed) }

// local is the header of a file.
func (m *member) local(at time.Time) []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, localSize+len(m.name)), localMagic)
	b = binary.LittleEndian.AppendUint16(b, versionNeeded)
	b = m.appendCommon(b, at)
	return append(b, m.name...)
}

// central is the entry of a file in the directory.
func (m *member) central(at time.Time) []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, centralSize+len(m.name)), centralMagic)
	b = binary.LittleEndian.AppendUint16(b, versionMadeBy)
	b = binary.LittleEndian.AppendUint16(b, versionNeeded)
	b = m.appendCommon(b, at)
	b = append(b, 0, 0, 0, 0, 0, 0) // comment, disk, internal attributes
	b = binary.LittleEndian.AppendUint32(b, fileMode)
	b = binary.LittleEndian.AppendUint32(b, m.offset)
	return append(b, m.name...)
}

// appendCommon is what both have: flags, method, time, checksum, sizes, and the
// lengths of the name and of no extra field.
func (m *member) appendCommon(b []byte, at time.Time) []byte {
	b = append(b, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, m.method)
	day, clock := dosTime(at)
	b = binary.LittleEndian.AppendUint16(b, clock)
	b = binary.LittleEndian.AppendUint16(b, day)
	b = binary.LittleEndian.AppendUint32(b, m.crc)
	b = binary.LittleEndian.AppendUint32(b, m.packed)
	b = binary.LittleEndian.AppendUint32(b, m.size)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(m.name)))
	return append(b, 0, 0)
}

// directory is what follows the last file.
func directory(members []member, at time.Time) []byte {
	var b []byte
	var from uint32
	for i := range members {
		b = append(b, members[i].central(at)...)
		from = uint32(members[i].end())
	}
	size := uint32(len(b))
	b = binary.LittleEndian.AppendUint32(b, endMagic)
	b = append(b, 0, 0, 0, 0) // disks
	b = binary.LittleEndian.AppendUint16(b, uint16(len(members)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(members)))
	b = binary.LittleEndian.AppendUint32(b, size)
	b = binary.LittleEndian.AppendUint32(b, from)
	return append(b, 0, 0) // comment
}

// dosTime is a time in UTC as ZIP has it: to two seconds, in the years that it can
// say.
func dosTime(at time.Time) (day, clock uint16) {
	at = at.UTC()
	year := min(max(at.Year(), 1980), 2107)
	day = uint16(year-1980)<<9 | uint16(at.Month())<<5 | uint16(at.Day())
	return day, uint16(at.Hour())<<11 | uint16(at.Minute())<<5 | uint16(at.Second())/2
}

// timeOf reads what dosTime wrote.
func timeOf(day, clock uint16) time.Time {
	return time.Date(1980+int(day>>9), time.Month(day>>5&15), int(day&31), int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}

// parseLocal reads the header of the file at an offset; the name follows it.
func parseLocal(head []byte, name string, offset int64) member {
	m := parseCommon(head[6:])
	m.name, m.offset = name, uint32(offset)
	return m
}

// parseCommon reads what appendCommon wrote.
func parseCommon(b []byte) member {
	return member{
		method: binary.LittleEndian.Uint16(b[2:]), crc: binary.LittleEndian.Uint32(b[8:]),
		packed: binary.LittleEndian.Uint32(b[12:]), size: binary.LittleEndian.Uint32(b[16:]),
	}
}

// check says what a file of an archive must not be.
func (m *member) check() error {
	switch {
	case !memberName.MatchString(m.name):
		return fmt.Errorf("%.100q is not the name of a file of a sealed file", m.name)
	case m.method != stored && m.method != deflated:
		return fmt.Errorf("%s is packed by method %d", m.name, m.method)
	case m.method == stored && m.packed != m.size:
		return fmt.Errorf("%s has two sizes", m.name)
	case m.size > maxMember:
		return fmt.Errorf("%s has %d bytes, and %d are the most", m.name, m.size, maxMember)
	}
	return nil
}

// errTwice is a name that two files of an archive have.
var errTwice = errors.New("two files have the same name")

func checkNames(members []member) error {
	names := make([]string, len(members))
	for i := range members {
		names[i] = members[i].name
	}
	slices.Sort(names)
	for i := 1; i < len(names); i++ {
		if names[i] == names[i-1] {
			return fmt.Errorf("%w: %s", errTwice, names[i])
		}
	}
	return nil
}
