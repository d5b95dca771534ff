package wmbus

// SecurityMode says how a telegram is protected. The values 0 to 31 are those
// of the configuration word; the others name protection outside of it.
// Source: docs/protocol/security.md#security-modes.
type SecurityMode uint8

// The security modes that this package distinguishes by name.
const (
	ModeNone     SecurityMode = 0
	ModeMaker    SecurityMode = 1  // manufacturer specific
	ModeDES      SecurityMode = 2  // DES-CBC, zero IV
	ModeDESDate  SecurityMode = 3  // DES-CBC, IV from number and date
	ModeAESIV    SecurityMode = 5  // AES-128-CBC, IV from address and access number
	ModeAESKDF   SecurityMode = 7  // AES-128-CBC, zero IV, key derived from the message counter
	ModeAESCTR   SecurityMode = 8  // AES-CTR with CMAC
	ModeAESGCM   SecurityMode = 9  // AES-GCM
	ModeAESCCM   SecurityMode = 10 // AES-CCM
	ModeTLS      SecurityMode = 13 // TLS
	modeFieldMax SecurityMode = 31
	ModeELL      SecurityMode = 32 // AES-CTR of the extended link layer
	ModePRIOS    SecurityMode = 33 // the LFSR scrambling of Diehl IZAR
)

// securityModes holds the word for JSON and the full name of each mode.
var securityModes = [...]struct{ word, name string }{
	0:  {"none", "no encryption"},
	1:  {"mode_1", "manufacturer specific"},
	2:  {"mode_2", "DES-CBC with zero IV"},
	3:  {"mode_3", "DES-CBC with IV from number and date"},
	4:  {"mode_4", "reserved (specific usage)"},
	5:  {"mode_5", "AES-128-CBC with IV from address and access number"},
	6:  {"mode_6", "reserved"},
	7:  {"mode_7", "AES-128-CBC with a key derived from the message counter"},
	8:  {"mode_8", "AES-128-CTR with CMAC"},
	9:  {"mode_9", "AES-128-GCM"},
	10: {"mode_10", "AES-128-CCM"},
	11: {"mode_11", "reserved"},
	12: {"mode_12", "reserved"},
	13: {"mode_13", "TLS"},
	14: {"mode_14", "reserved"},
	15: {"mode_15", "reserved"},
	16: {"mode_16", "specific"},
	17: {"mode_17", "specific"},
	18: {"mode_18", "specific"},
	19: {"mode_19", "specific"},
	20: {"mode_20", "specific"},
	21: {"mode_21", "specific"},
	22: {"mode_22", "specific"},
	23: {"mode_23", "specific"},
	24: {"mode_24", "specific"},
	25: {"mode_25", "specific"},
	26: {"mode_26", "specific"},
	27: {"mode_27", "specific"},
	28: {"mode_28", "specific"},
	29: {"mode_29", "specific"},
	30: {"mode_30", "specific"},
	31: {"mode_31", "specific"},
	32: {"ell_ctr", "AES-128-CTR of the extended link layer"},
	33: {"prios", "PRIOS scrambling"},
}

// String returns the word that JSON carries: "none", "mode_5", "ell_ctr".
func (m SecurityMode) String() string {
	if int(m) < len(securityModes) {
		return securityModes[m].word
	}
	return ""
}

// Name returns the mode in words: "AES-128-CBC with IV from address and access number".
func (m SecurityMode) Name() string {
	if int(m) < len(securityModes) {
		return securityModes[m].name
	}
	return ""
}

// SecurityResult is the result of checking and decrypting a telegram.
type SecurityResult uint8

// The results. A telegram whose configuration word announces encryption but
// whose content already begins with the check bytes 2F 2F was published (or
// forged) in clear: its result is NotEncrypted, its mode the announced one.
const (
	NotEncrypted SecurityResult = iota // sent in clear
	SecurityOK                         // opened, and its check bytes, CRC or MAC are right
	NoKey                              // encrypted, no key given
	WrongKey                           // the key given does not open it
	MACWrong                           // the authentication code does not match: wrong key, or altered in transit
	CannotTell                         // opened, but nothing in it proves that the key is right
	Unsupported                        // a mode that this package cannot read
	Damaged                            // received with errors or altered: none of it is read, and it does not show that the key is wrong
)

var securityResults = [...]string{"not_encrypted", "ok", "no_key", "wrong_key", "mac_wrong", "cannot_tell", "unsupported", "damaged"}

// String returns the word that JSON carries.
func (r SecurityResult) String() string {
	if int(r) < len(securityResults) {
		return securityResults[r]
	}
	return ""
}

// words is the result for people.
func (r SecurityResult) words() string {
	return [...]string{"not encrypted", "ok", "no key", "wrong key", "mac wrong", "cannot tell", "unsupported", "damaged"}[r]
}

// Readable reports whether the content may be used.
func (r SecurityResult) Readable() bool {
	return r == NotEncrypted || r == SecurityOK || r == CannotTell
}
