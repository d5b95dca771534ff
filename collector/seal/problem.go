package seal

import "fmt"

// Code says what is wrong with a sealed file.
type Code string

// The codes, and what they say of the file.
const (
	ArchiveHeader Code = "archive_header" // Offset: a byte of a file's header or of the directory
	ArchiveOrder  Code = "archive_order"  // Offset: a file does not begin where the one before ends
	ArchiveExtra  Code = "archive_extra"  // Offset, Want, Got: more or fewer bytes than there should be
	FileMissing   Code = "file_missing"
	FileUnlisted  Code = "file_unlisted"  // the manifest does not name it
	FileUnread    Code = "file_unread"    // Got, Line: it cannot be unpacked or read
	FileChanged   Code = "file_changed"   // Want, Got: its SHA-256 is not that of the manifest
	FileRepacked  Code = "file_repacked"  // it is compressed otherwise than it was
	FileForm      Code = "file_form"      // Got: its content is not what earshot writes
	FileOrder     Code = "file_order"     // the files do not come in their order
	SignatureBad  Code = "signature_bad"  // it is not the key's, or not over this manifest
	SignatureForm Code = "signature_form" // it is right, and written otherwise than earshot writes it
	SignerOther   Code = "signer_other"   // Want, Got: another key than the one that was given
	ChainBroken   Code = "chain_broken"   // Entry, Line, Want, Got: it does not follow the entry before
	ChainOrder    Code = "chain_order"    // Entry, Line, Want
	ChainEnd      Code = "chain_end"      // Want, Got: entries are missing at the end, or were added
	EntryUnread   Code = "entry_unread"   // Entry, Line, Got
	EntryOdd      Code = "entry_odd"      // Entry, Got: it makes no sense
	ListForm      Code = "list_form"      // Got: the list cannot be read
	FindingWrong  Code = "finding_wrong"  // Entry, Meter, Path, Want, Got: a telegram says something else than was recorded
	VerdictsOther Code = "verdicts_other" // Entry: the log gives other verdicts than were recorded there
	DocumentWrong Code = "document_wrong" // File, Path, Meter, Want, Got: a figure that does not follow from the log
	DocumentOther Code = "document_other" // File, Got: a document is another one than follows from the log
)

// Problem is one thing that is wrong. Texts come from the file that is checked: they
// have to be cleaned before they are shown.
type Problem struct {
	Code   Code   `json:"code"`
	File   string `json:"file,omitempty"`   // in the archive, "" for the archive itself
	Offset int64  `json:"offset,omitempty"` // in the sealed file, from 0
	Line   int    `json:"line,omitempty"`   // of the file, from 1
	Entry  int64  `json:"entry,omitempty"`  // number in the log
	Meter  string `json:"meter,omitempty"`  // row of the list
	Path   string `json:"path,omitempty"`   // in a JSON document, or in what was recorded: "meters[3].reading.value"
	Want   string `json:"want,omitempty"`   // what it should be
	Got    string `json:"got,omitempty"`    // what it is
}

// maxProblems is how many problems are listed; the others are counted.
const maxProblems = 100

// maxProblemText bounds what a problem quotes.
const maxProblemText = 300

// shortened bounds a text that a problem quotes.
func shortened(s string) string {
	if len(s) <= maxProblemText {
		return s
	}
	return fmt.Sprintf("%s … (%d bytes)", s[:maxProblemText], len(s))
}
