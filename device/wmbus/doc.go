// Package wmbus decodes and encodes wireless M-Bus telegrams:
// link layer, extended link layer, authentication, transport layer, security
// and data records (EN 13757-3, -4 and -7, OMS volume 2), and wired M-Bus
// long frames, since loggers mix both.
//
// It is pure: no I/O, no clock, no logger, no state but the compact-frame
// Templates that a caller passes to a Decoder. It must never know a receiver,
// a meter list, a store or a screen. It never changes the bytes it is given
// and never keeps them.
//
// How a telegram is processed:
//
//	raw bytes ──Unframe──▶ frame ──ParseHeader──▶ who sent it (no key needed)
//	                         └──Decoder.Decode──▶ Telegram: Header, Security, Status, Records, Err
//
// A telegram that cannot be read to its end yields what was read, and one
// Error with the kind of trouble and the byte where it began.
//
// # Where things stand
//
// One file a subject, tables before code: frame.go (formats A and B, wired
// frames), layers.go (headers, Parse), ell.go, afl.go, fragment.go, open.go,
// kdf.go, mode10.go and ccm.go (security modes), published.go (public keys),
// damage.go (what accuses a key, and what does not), cfield.go and cifield.go
// (tables), decode.go (the way through the layers), substance.go (what a
// telegram is good for), header.go, vif.go and vife.go (record headers),
// datafield.go, value.go and date.go (values), profile.go (compact profiles),
// calendar.go (readings of past months), template.go (compact frames), tail.go
// (a checksum left behind), quantity.go, unit.go, status.go (the words of all
// outputs), json.go, explain.go, message.go and write.go (the encoder).
//
// # How to add a family
//
// Meters whose telegrams need more than EN 13757-3 are families, one small
// file family_<name>.go each; family_prios.go is the one to copy.
//
//  1. Write a variable of type family: its name, and the models it is for
//     (models, forMakers, narrowed by withCI or withConfig).
//  2. Give it what it needs: payload, when the application data are no data
//     records; refine, when they are but for some codes or a manufacturer
//     block; open, when it is encrypted in its own way; address, when the
//     meter's number stands elsewhere. A key that its maker published goes
//     into publishedKeys (published.go).
//     payload and refine add records with t.add (Storage, Function and the
//     other fields of the returned Record may be set), and set t.Status.
//     t.Plain is the application data after the transport header, in clear,
//     the check bytes 2F 2F of an encrypted one included. Codes behind FF are a
//     table for t.nameMakerCodes (family_kamstrup.go); t.makerData finds what
//     follows DIF 0F.
//  3. Mark what no document and few telegrams say: a record with Uncertain, the
//     whole telegram with NoteLayout.
//  4. Use the quantities, units and status words there are; a new one goes
//     into the tables of quantity.go, unit.go or status.go.
//  5. Name the variable in families (family.go). The first match is used.
//  6. Add vectors to family_<name>_test.go: telegrams with every value they
//     say, and one that is cut off.
//
// Check lengths before reading, report what is missing as an Error with the
// offset in t.Plain, and never add a value that is not wholly backed by bytes.
package wmbus
