package assets

import _ "embed"

//go:embed fonts/DejaVuSansCondensed.ttf
var fontRegular []byte

//go:embed fonts/DejaVuSansCondensed-Bold.ttf
var fontBold []byte

// Fonts returns the fonts of the hand-over document as TrueType files.
// assets/fonts/README.md says where they are from and which characters they have.
func Fonts() (regular, bold []byte) {
	return append([]byte(nil), fontRegular...), append([]byte(nil), fontBold...)
}
