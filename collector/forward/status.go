package forward

import (
	"encoding/json"
	"time"

	"earshot/collector/upload"
)

// statusSchema is the version of the status. It is raised when a field
// changes its meaning or is removed.
const statusSchema = 1

// status is the retained status of a gateway.
type status struct {
	Schema    int       `json:"schema"`
	Status    string    `json:"status"`
	Reason    string    `json:"reason"`
	Time      time.Time `json:"time"`
	Gateway   string    `json:"gateway"`
	Version   string    `json:"version,omitempty"`
	Receivers []string  `json:"receivers"`
	Counts    *Counts   `json:"counts,omitempty"`
}

// status writes the status of the gateway.
func (f *Forwarder) status(state upload.State, at time.Time) []byte {
	s := status{Schema: statusSchema, Time: at.UTC().Truncate(time.Second), Gateway: f.cfg.Gateway, Version: f.cfg.Version, Receivers: []string{}}
	counts := f.Counts()
	switch state {
	case upload.Online:
		s.Status, s.Reason, s.Counts = "online", "running", &counts
		s.Receivers = append(s.Receivers, f.listening()...)
	case upload.Ended:
		s.Status, s.Reason, s.Counts = "offline", "ended", &counts
	default:
		s.Status, s.Reason = "offline", "connection lost"
	}
	b, _ := json.Marshal(s) // a struct of texts and numbers can always be written
	return b
}
