package report

import (
	"encoding/json"
	"fmt"
	"io"

	"earshot/collector/seal"
)

// verifyJSON is what verify --json prints (assets/schema/verify.schema.json): members
// are added, never changed.
type verifyJSON struct {
	Kind      string          `json:"kind"`
	Schema    int             `json:"schema"`
	File      string          `json:"file"`
	Valid     bool            `json:"valid"`
	Signature signatureJSON   `json:"signature"`
	Seal      *seal.Info      `json:"seal"` // null if it cannot be read
	Files     []seal.File     `json:"files"`
	Log       seal.Chain      `json:"log"`
	Replayed  bool            `json:"replayed"`
	OtherList bool            `json:"other_list"`
	Verdicts  seal.Verdicts   `json:"verdicts"`
	Telegrams seal.Findings   `json:"telegrams"`
	Keys      seal.Keys       `json:"keys"`
	Documents []seal.Compared `json:"documents"`
	Unmade    []string        `json:"documents_not_made_again"`
	Partly    []string        `json:"not_checked"`
	Problems  []seal.Problem  `json:"problems"`
	Count     int             `json:"problem_count"`
}

type signatureJSON struct {
	Right bool     `json:"right"`
	Key   string   `json:"key,omitempty"`
	ID    string   `json:"key_id,omitempty"`
	Words []string `json:"words,omitempty"`
	Given *bool    `json:"is_given_key"` // null if no key was given
}

// VerifyJSON writes what was found in a sealed protocol as one JSON object.
func VerifyJSON(w io.Writer, v Verification) error {
	out := verifyJSON{
		Kind: "earshot verification", Schema: 1, File: v.File, Valid: v.Valid(), Files: v.Files, Log: v.Log, Replayed: v.Replayed, OtherList: v.OtherList, Verdicts: v.Verdicts,
		Telegrams: v.Findings, Keys: v.Keys, Documents: v.Documents, Unmade: v.Unmade(), Partly: append([]string{}, v.Partly...), Problems: v.Problems, Count: v.Count,
		Signature: signatureJSON{Right: v.Signed},
	}
	if v.Info.Kind != "" {
		out.Seal = &v.Info
	}
	if !v.Signer.IsZero() {
		out.Signature.Key, out.Signature.ID, out.Signature.Words = v.Signer.String(), v.Signer.ID(), v.Signer.Words()
	}
	if !v.Pin.IsZero() {
		out.Signature.Given = &v.Pinned
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err == nil {
		_, err = w.Write(append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
