package finding

import "slices"

// Code is what a finding is about.
type Code string

// Kind says what a finding does to its row.
type Kind string

const (
	Repair  Kind = "repair"  // a cell was read as something else than it shows
	Notice  Kind = "notice"  // something was not read, or merged
	Refusal Kind = "refusal" // the row is not used
)

// Kind is that of the code; Refusal if it is not known.
func (c Code) Kind() Kind {
	switch {
	case slices.Contains(repairs, c):
		return Repair
	case slices.Contains(notices, c):
		return Notice
	}
	return Refusal
}

// Repairs of numbers.
const (
	ZerosRestored   Code = "zeros_restored"   // a spreadsheet removed zeros at the left
	DecimalsDropped Code = "decimals_dropped" // 12345678.0
	Expanded        Code = "expanded"         // 1.2345678E+07, nothing is lost
	Separators      Code = "separators"       // 12.345.678, 1234-5678
	Blanks          Code = "blanks"           // no-break or invisible characters
	Marks           Code = "marks"            // ="12345678", '12345678
	FullWidth       Code = "full_width"
	LabelRemoved    Code = "label_removed" // S/N 12345678
	MakerSplit      Code = "maker_split"   // KAM-12345678
	KamstrupLabel   Code = "kamstrup_label"
	DIN             Code = "din" // 6KAM2012345678
	Address         Code = "address"
	HexPrefix       Code = "hex_prefix"
)

// Repairs of keys.
const (
	KeySeparators Code = "key_separators"
	KeyPrefix     Code = "key_prefix"
	KeyBase64     Code = "key_base64"
	KeyLetters    Code = "key_letters"  // O for 0
	KeyReplaced   Code = "key_replaced" // a damaged one, by that of a key file
)

// Repairs of other cells.
const (
	PlaceSplit Code = "place_split"
	FilledDown Code = "filled_down"
	GroupLine  Code = "group_line"
	MakerName  Code = "maker_name"
	Mojibake   Code = "mojibake"
	Merged     Code = "merged" // two equal rows, or rows that complete each other
)

// Notices.
const (
	HeaderNear    Code = "header_near"
	HeaderLines   Code = "header_lines" // two
	NoHeader      Code = "no_header"
	ColumnIgnored Code = "column_ignored"
	ColumnTrap    Code = "column_trap" // looks like the number or the key, and is not
	ColumnUnnamed Code = "column_unnamed"
	ColumnContent Code = "column_content" // found by its cells
	ColumnsSwap   Code = "columns_swapped"
	LineSkipped   Code = "line_skipped"
	TotalSkipped  Code = "total_skipped"
	HeaderAgain   Code = "header_again"
	HiddenSheet   Code = "hidden_sheet"
	SheetSkipped  Code = "sheet_skipped"
	KeyZeros      Code = "key_zeros"
	KeyFault      Code = "key_fault"
	KeyUnused     Code = "key_unused" // its number is not in the list
	KeyAlone      Code = "key_alone"  // a key without a number
	MakerOpen     Code = "maker_open" // a name with several codes
	MakerUnknown  Code = "maker_unknown"
	MoreFindings  Code = "more_findings"
)

// Refusals of rows: the number.
const (
	NumberMissing     Code = "number_missing"
	NumberShort       Code = "number_short"
	NumberLong        Code = "number_long"
	NumberTwo         Code = "number_two"
	NumberRounded     Code = "number_rounded"
	NumberDate        Code = "number_date"
	NumberHashes      Code = "number_hashes"
	NumberFault       Code = "number_fault"
	NumberPlaceholder Code = "number_placeholder"
	NumberKey         Code = "number_key"
	NumberPattern     Code = "number_pattern"
	NumberText        Code = "number_text"
	NumberTwice       Code = "number_twice"
	NumberMakers      Code = "number_makers" // with and without manufacturer
	KeyTwice          Code = "key_twice"     // one number, two keys
)

// Refusals of rows: the key.
const (
	KeyShort       Code = "key_short"
	KeyLong        Code = "key_long"
	KeyNumber      Code = "key_number"
	KeyRounded     Code = "key_rounded"
	KeyHashes      Code = "key_hashes"
	KeyCharacter   Code = "key_character"
	KeyPlain       Code = "key_plain"
	KeyPlaceholder Code = "key_placeholder"
	KeyElsewhere   Code = "key_elsewhere" // in a column of texts
)

// Refusals of rows: others.
const (
	NotCalculated Code = "not_calculated"
	RowShifted    Code = "row_shifted"
	QuoteOpen     Code = "quote_open"
	TextLong      Code = "text_long"
	TimeoutBad    Code = "timeout_bad"
	TimeoutRange  Code = "timeout_range"
	MakerConflict Code = "maker_conflict"
)

// Refusals of files and sheets.
const (
	FileMissing      Code = "file_missing"
	FileForbidden    Code = "file_forbidden"
	FileUnreadable   Code = "file_unreadable"
	FileFolder       Code = "file_folder"
	FileEmpty        Code = "file_empty"
	FileLarge        Code = "file_large"
	FileRows         Code = "file_rows"
	FileDeep         Code = "file_deep"
	FileBinary       Code = "file_binary"
	FilePDF          Code = "file_pdf"
	FilePhoto        Code = "file_photo"
	FileWord         Code = "file_word"
	FileODS          Code = "file_ods"
	FileOldExcel     Code = "file_old_excel"
	FileProtected    Code = "file_protected"
	FileBroken       Code = "file_broken"
	FileXML          Code = "file_xml"
	FileDoctype      Code = "file_doctype"
	FileRecording    Code = "file_recording"
	FileExchange     Code = "file_exchange" // ranges, or records of billing services
	FileEncrypted    Code = "file_encrypted"
	PasswordMissing  Code = "password_missing"
	PasswordWrong    Code = "password_wrong"
	PassphraseWrong  Code = "passphrase_wrong"
	NoMeters         Code = "no_meters"
	NoNumberColumn   Code = "no_number_column"
	TwoColumns       Code = "two_columns"
	MapUnknownColumn Code = "map_unknown_column"
)

var repairs = []Code{
	ZerosRestored, DecimalsDropped, Expanded, Separators, Blanks, Marks, FullWidth, LabelRemoved, MakerSplit, KamstrupLabel, DIN, Address, HexPrefix,
	KeySeparators, KeyPrefix, KeyBase64, KeyLetters, KeyReplaced, PlaceSplit, FilledDown, GroupLine, MakerName, Mojibake, Merged,
}

var notices = []Code{
	HeaderNear, HeaderLines, NoHeader, ColumnIgnored, ColumnTrap, ColumnUnnamed, ColumnContent, ColumnsSwap, LineSkipped, TotalSkipped, HeaderAgain, HiddenSheet, SheetSkipped,
	KeyZeros, KeyFault, KeyUnused, KeyAlone, MakerOpen, MakerUnknown, MoreFindings,
}

var refusals = []Code{
	NumberMissing, NumberShort, NumberLong, NumberTwo, NumberRounded, NumberDate, NumberHashes, NumberFault, NumberPlaceholder, NumberKey,
	NumberPattern, NumberText, NumberTwice, NumberMakers, KeyTwice, KeyShort, KeyLong, KeyNumber, KeyRounded, KeyHashes, KeyCharacter, KeyPlain,
	KeyPlaceholder, KeyElsewhere, NotCalculated, RowShifted, QuoteOpen, TextLong, TimeoutBad, TimeoutRange, MakerConflict, FileMissing, FileForbidden,
	FileUnreadable, FileFolder, FileEmpty, FileLarge, FileRows, FileDeep, FileBinary, FilePDF, FilePhoto, FileWord, FileODS, FileOldExcel,
	FileProtected, FileBroken, FileXML, FileDoctype, FileRecording, FileExchange, FileEncrypted, PasswordMissing, PasswordWrong, PassphraseWrong,
	NoMeters, NoNumberColumn, TwoColumns, MapUnknownColumn,
}

// Codes are all that there are.
func Codes() []Code { return slices.Concat(repairs, notices, refusals) }
