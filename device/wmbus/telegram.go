package wmbus

import "crypto/aes"

// Telegram is one decoded wireless M-Bus telegram. It is reused from
// decode to decode: everything it points to is valid until the next Decode
// into the same Telegram.
type Telegram struct {
	Header   Header
	Security Security
	// Access is the access number of the transport layer, or of the ELL if the
	// transport layer has none. HasAccess says whether there is one.
	Access    byte
	HasAccess bool
	// StatusByte is the raw status byte of the transport layer; Status is what
	// it, the error flags and the family's own flags say in words.
	StatusByte byte
	Status     StatusSet
	// Config is the configuration word of the transport layer.
	Config uint16
	// Family names the rules beyond EN 13757-3 that were used, "" for none.
	Family string
	// Own says that the content is laid out by the maker, not in records of
	// EN 13757-3: another party needs the maker's description to read it.
	Own bool
	// Notes are doubts and remarks that are not failures.
	Notes Notes
	// MoreFollows says that the next telegram of the meter has more records.
	MoreFollows bool
	// Plain is the application data in clear, the bytes that Records point
	// into. Of a compact frame it is the full frame that it stands for.
	Plain []byte
	// Records are what the telegram says. If a family encrypts a part of its
	// content only, those of the other part are there although Security.Result is
	// not readable.
	Records []Record
	// Err is why the telegram could not be read to its end, nil when it was.
	// What was read before is in the other fields.
	Err *Error

	layers    layers
	teaches   bool
	compact   bool   // templates were looked for
	partly    bool   // the content is in clear but for encrypted, which was not opened
	encrypted span   // which bytes were, or still are, encrypted
	buf       []byte // the frame, decrypted in place
	full      []byte // the full frame made of a compact one
	text      []byte // the texts of Records
	headers   []byte // of all records, for Templates
	tagAt     int    // of the tag of mode 10 behind the content, 0 if there is none
	plainAt   int    // where Plain begins in buf, unless it is in full
	has       contents
	*workspace

	candidates [maxPerSignature + 1]*template
	explainer  explainer // of Explain
}

// workspace is what decrypting needs, and what roles are found with. It holds
// key material for a while and is behind a pointer so that printing a Telegram
// never shows it.
type workspace struct {
	iv      [aes.BlockSize]byte
	scratch [aes.BlockSize]byte
	sum     [aes.BlockSize]byte
	ccm     ccm
	nonce   [ccmNonce]byte
	derived [2]derivedKey      // by purpose
	before  [maxRecords]uint16 // of numberRecords: 1 + the record before in the same bucket
	dates   [maxRecords]uint16
	spare   Record // what newRecord returns beyond maxRecords
}

// Header is what can be read of a telegram without any key.
type Header struct {
	L    byte
	C    CField
	CI   byte    // the CI-field that the transport layer begins with; 0 while an encrypted ELL hides it
	Link Address // the sender on the radio: data link layer
	// Meter is the meter itself: the address in a long transport header if
	// there is one, the link address otherwise. (The address in an ELL III or
	// IV is that of the partner the meter talks to.)
	Meter Address
}

// Security says whether a telegram was encrypted and whether it could be read.
type Security struct {
	Mode   SecurityMode
	Result SecurityResult
}

// Decoder decodes telegrams. The zero value works; its methods may be
// called from several goroutines at once, with a Telegram each.
type Decoder struct {
	// Templates are the record headers of compact frames, learnt from full
	// frames of any meter. nil: only the public signatures are known.
	Templates *Templates
	// Fragments collects messages that come in several telegrams. nil: such
	// telegrams are ErrFragment.
	Fragments *Fragments
	// Frozen keeps Templates as they are; Telegram.Teaches says what would have
	// changed them. So telegrams can be decoded in any order with the same results: then decode
	// again, in order, those that teach, and those that use templates which changed
	// meanwhile (Templates.Changes).
	Frozen bool
}

// Teaches reports whether the telegram brought record headers that the
// Decoder's Templates did not have.
func (t *Telegram) Teaches() bool { return t.teaches }

// UsesTemplates reports whether what was read of the telegram depends on the
// Decoder's Templates: it is, or seems to be, a compact frame.
func (t *Telegram) UsesTemplates() bool { return t.compact }

// Notes is a set of remarks about a telegram.
type Notes uint16

// The notes.
const (
	NoteNetworkLayer Notes = 1 << iota // a network layer was skipped
	NoteCompactCRC                     // the checksum of the full frame that a compact frame stands for does not match
	NoteProfileBase                    // a compact profile has no base value or date to count from
	NotePublicKey                      // opened with a key that the manufacturer published
	NoteUnit                           // the unit of some values is not certain
	NoteLayout                         // where the values stand is known from few telegrams, or from another version of the meter
	NoteFormat                         // the headers of a compact frame are likely, not proven
	NoteTail                           // the link layer's last checksum follows the content
	NoteStrayByte                      // one byte follows the telegram
	NoteOtherKey                       // the key given does not open it: NotePublicKey is set too
)

var noteWords = [...]string{
	"network layer skipped", "full-frame checksum does not match", "profile without base", "opened with the maker's public key", "unit uncertain",
	"layout uncertain", "format of the compact frame uncertain", "link-layer checksum behind the content", "one byte behind the telegram", "the key given does not open it",
}

// Words lists the notes; nil when there are none.
func (n Notes) Words() []string {
	var words []string
	for i, word := range noteWords {
		if n&(1<<i) != 0 {
			words = append(words, word)
		}
	}
	return words
}
