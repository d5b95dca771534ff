package port

import "fmt"

// Holder is a process that has a port open.
type Holder struct {
	PID     int
	Program string // "wmbusmeters"; "" if unknown
	Service string // of systemd: "wmbusmeters.service", "" if it is not one
}

func (h Holder) String() string {
	if h.Program == "" {
		return fmt.Sprintf("the process %d", h.PID)
	}
	return fmt.Sprintf("%s (pid %d)", h.Program, h.PID)
}
