package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"earshot/assets"
)

// newSystemd prints the unit file for a gateway that collects forever.
func newSystemd(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "systemd",
		Short: "Print a systemd unit that runs earshot as a service, one instance per site",
		Long: "systemd prints a unit template that starts this program from where it is now. Its first lines say where the list and\n" +
			"the flags belong. The service reports its status to systemd; the watchdog restarts it if one of its loops is stuck.\n" +
			"",
		Example: "earshot systemd | sudo tee /etc/systemd/system/earshot@.service",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			unit := assets.SystemdUnit()
			if program, err := os.Executable(); err == nil && !strings.ContainsAny(program, " \t\"'\\%$") {
				unit = strings.Replace(unit, assets.SystemdProgram, program, 1)
			}
			if _, err := io.WriteString(s.out, unit); err != nil {
				return fmt.Errorf("standard output: %w", err)
			}
			return nil
		},
	}
}
