package lists

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"earshot/collector/imports"
)

// NewForm makes earshot list.
func NewForm(s Streams) *cobra.Command {
	var output, language string
	var force bool
	cmd := &cobra.Command{
		Use:   "list -o FILE",
		Short: "Write an empty list to be filled in",
		Long: "list writes an empty list of meters, as a workbook (.xlsx) in which the media can be chosen, or as CSV. Send it to whoever knows the meters;\n" +
			"earshot reads what comes back.",
		Example: "earshot list -o meters.xlsx --language da",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError("earshot list takes no arguments, but got %q: name the file with -o", args[0])
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			if !slices.Contains(imports.Languages(), language) {
				return usageError("--language %.20s: use one of %s", language, strings.Join(imports.Languages(), ", "))
			}
			if output == "" {
				return usageError("no file given: name it with -o, such as -o meters.xlsx")
			}
			if info, err := os.Stat(output); !force && !errors.Is(err, fs.ErrNotExist) && (err != nil || info.Size() > 0) {
				return usageError("%s exists: choose another name, or overwrite it with --force", output)
			}
			err := WriteFile(output, func(w io.Writer) error {
				if isWorkbook(output) {
					return (*imports.Result)(nil).WriteWorkbook(w, language)
				}
				return imports.WriteForm(w, language)
			})
			if err != nil {
				return usageError("%s: cannot be written: %v", output, err)
			}
			fmt.Fprintf(s.Out, "Written: %s\n", output)
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write: .xlsx or .csv")
	cmd.Flags().StringVar(&language, "language", "en", "language of the columns: en, da or de")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite a file")
	return cmd
}
