// Package imports makes a list of meters of what installers get: tables with
// headers in ten languages, key files, and several of them together.
//
// What has one reading is repaired, and each repair is a finding. What has two
// is refused with a reason. Nothing is guessed. Findings are codes; sentences
// are made of them elsewhere, and none holds a key.
//
// The package must never know a radio, a telegram, a verdict or a screen.
package imports
