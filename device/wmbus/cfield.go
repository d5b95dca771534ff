package wmbus

// CField is the control field of the link layer.
type CField byte

// C-fields that meters send.
const (
	SendNoReply      CField = 0x44 // SND-NR: spontaneous, the bulk of traffic
	SendInstallation CField = 0x46 // SND-IR: installation request
	AccessNoReply    CField = 0x47 // ACC-NR
	AccessDemand     CField = 0x48 // ACC-DMD
	RespondUserData  CField = 0x08 // RSP-UD
)

// cFieldNames is the one list of C-fields. Source: docs/protocol/linklayer.md#c-field.
var cFieldNames = [256]string{
	0x44: "SND-NR", 0x46: "SND-IR", 0x47: "ACC-NR", 0x48: "ACC-DMD",
	0x40: "SND-NKE", 0x06: "CNF-IR",
	0x08: "RSP-UD", 0x18: "RSP-UD", 0x28: "RSP-UD", 0x38: "RSP-UD",
	0x00: "ACK", 0x10: "ACK", 0x20: "ACK", 0x30: "ACK",
	0x01: "NACK", 0x11: "NACK", 0x21: "NACK", 0x31: "NACK",
	0x53: "SND-UD", 0x63: "SND-UD", 0x73: "SND-UD",
	0x43: "SND-UD2", 0x45: "SND-UD2",
	0x5A: "REQ-UD1", 0x7A: "REQ-UD1",
	0x5B: "REQ-UD2", 0x7B: "REQ-UD2",
}

// Known reports whether the standard defines the C-field, for meters or readers.
func (c CField) Known() bool { return cFieldNames[c] != "" }

// Carries reports whether the standard defines the C-field and the frame carries
// data, unlike ACK and NACK.
func (c CField) Carries() bool { return c.Known() && c&^0x31 != 0 }

// String returns the standard's name: "SND-NR".
func (c CField) String() string {
	if n := cFieldNames[c]; n != "" {
		return n
	}
	return "C " + string(appendHexUint(nil, uint64(c), 2))
}
