package format

import (
	"encoding/json"
	"time"

	"earshot/collector/upload"
)

// statusSchema is the version of the status. It grows when a field changes its
// meaning or goes away.
const statusSchema = 1

// Gateway is what publishes: one program at one site.
type Gateway struct {
	Site      string
	Version   string          // of earshot, "" if it is not known
	Store     string          // names the outbox, for message ids; "" is a random name
	Campaign  string          // its number, "" for none
	Receivers func() []string // names of those that work now; nil for none
}

// status is the retained status of a gateway.
type status struct {
	Schema    int       `json:"schema"`
	Status    string    `json:"status"`
	Reason    string    `json:"reason"`
	Time      time.Time `json:"time"`
	Site      string    `json:"site"`
	Version   string    `json:"version,omitempty"`
	Receivers []string  `json:"receivers"`
}

// status writes how the gateway stands.
func (g Gateway) status(state upload.State, at time.Time) []byte {
	s := status{Schema: statusSchema, Time: at.UTC().Truncate(time.Second), Site: g.Site, Version: g.Version, Receivers: []string{}}
	switch state {
	case upload.Online:
		s.Status, s.Reason = "online", "running"
		if g.Receivers != nil {
			s.Receivers = append(s.Receivers, g.Receivers()...)
		}
	case upload.Ended:
		s.Status, s.Reason = "offline", "ended"
	default:
		s.Status, s.Reason = "offline", "connection lost"
	}
	b, _ := json.Marshal(s) // a struct of texts can always be written
	return b
}
