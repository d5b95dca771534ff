// Package handover makes the hand-over protocol of a campaign: the document that
// an installer gives to the owner, and that a second person can check.
//
//   - document.go, meter.go, point.go and section.go are the document. Its JSON is the protocol
//     (assets/schema/handover.schema.json); PDF, workbook, CSV and HTML are views of it.
//   - campaign.go reads a stored campaign again; fill*.go make the document of it.
//   - details.go is what only people know: owner, contractor, antenna, radiators.
//   - task.go says which advice is whose work; json.go and csv.go write.
//
// The same campaign gives the same bytes: nothing here reads a clock, a host name,
// a user name or a path. No key is in a document, only fingerprints. Texts are in
// the document's language; codes next to them are not translated.
//
// The contents follow docs/report.md. The package must never know a receiver, a
// screen, or a page size.
package handover
