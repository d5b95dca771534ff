package port

import "fmt"

// Holder is a process that has a port open.
type Holder struct {
	PID     int
	Program string // "wmbusmeters"; "" where it is not to be seen
	Service string // of systemd: "wmbusmeters.service", "" where it is none
}

func (h Holder) String() string {
	if h.Program == "" {
		return fmt.Sprintf("the process %d", h.PID)
	}
	return fmt.Sprintf("%s (pid %d)", h.Program, h.PID)
}
