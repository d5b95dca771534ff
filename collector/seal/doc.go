// Package seal packs a protocol into one file that a second person can check:
// the documents, the list without keys, the campaign's log as a hash chain, and
// an Ed25519 signature over all of it.
//
//   - archive.go is the form of the file, a ZIP archive with no freedom in it;
//     pack.go writes one, unpack.go reads one and says which byte is wrong.
//   - log.go is the form of the log; list.go that of the list; info.go says what
//     the seal is of.
//   - signer.go keeps the key that signs; public.go shows its public half.
//   - write.go makes a sealed file, verify.go and replay.go check one; problem.go
//     lists what may be wrong with it.
//
// docs/seal.md describes the form, so that it can be checked without earshot.
// The package must never know a screen, a receiver, or what a document says.
package seal
