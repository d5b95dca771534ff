package site

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"earshot/device/wmbus"
)

// ErrShard is wrapped by every error about a shard.
var ErrShard = errors.New("shard of a list")

// maxShards bounds how many shards there may be.
const maxShards = 1000

// Shard is the part of all meters that one of several collectors handles:
// each meter is in one shard, by its number alone, so that all telegrams of a
// meter go to the same collector. The zero Shard is all meters.
type Shard struct {
	index, of uint32 // from 0
}

// ParseShard reads "2/3", the second of three; "" is all meters. The error is
// ErrShard.
func ParseShard(text string) (Shard, error) {
	if text == "" {
		return Shard{}, nil
	}
	a, b, _ := strings.Cut(text, "/")
	i, errIndex := strconv.ParseUint(a, 10, 32)
	n, errOf := strconv.ParseUint(b, 10, 32)
	if errIndex != nil || errOf != nil || i < 1 || i > n || n > maxShards {
		return Shard{}, shardError(fmt.Sprintf("shard %.40q is not valid: write 2/3 for the second of three (at most %d)", text, maxShards))
	}
	return Shard{uint32(i - 1), uint32(n)}, nil
}

type shardError string

func (e shardError) Error() string      { return string(e) }
func (shardError) Is(target error) bool { return target == ErrShard }

// IsAll reports whether the shard is all meters.
func (s Shard) IsAll() bool { return s.of <= 1 }

// String is "2/3", "" for all meters.
func (s Shard) String() string {
	if s.of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.index+1, s.of)
}

// Holds reports whether a meter with that number is in the shard: the first
// four bytes of the SHA-256 of its eight digits, as printed, read as a
// big-endian number, modulo the number of shards are the shard's index. The
// hash hides patterns, since makers number in steps.
func (s Shard) Holds(id wmbus.ID) bool {
	if s.IsAll() {
		return true
	}
	sum := sha256.Sum256([]byte(id.String()))
	return binary.BigEndian.Uint32(sum[:])%s.of == s.index
}

// Only returns the site with only the meters of a shard, in the order of the list.
func (s Site) Only(shard Shard) Site {
	if !shard.IsAll() {
		s.Meters = slices.DeleteFunc(slices.Clone(s.Meters), func(m Meter) bool { return !shard.Holds(m.ID) })
	}
	return s
}
