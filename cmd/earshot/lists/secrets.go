package lists

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
	"earshot/collector/imports/vault"
	"earshot/collector/site"
)

// Where secrets come from if no flag says it. None is ever an argument: every
// user of a machine can list the arguments of a process.
const (
	envKEMPassword    = "EARSHOT_KEM_PASSWORD"
	envPassphrase     = "EARSHOT_PASSPHRASE"
	envPassphraseFile = "EARSHOT_PASSPHRASE_FILE"
	envIdentity       = "EARSHOT_IDENTITY"
)

// tries is how often a password is asked for.
const tries = 3

// maxSecret bounds a file with a secret.
const maxSecret = 64 << 10

// secrets opens protected files.
type secrets struct {
	s              Streams
	passwordFile   string // of a KEM file
	passphraseFile string // of a list
	identity       string // a key file of age
	given          string // a passphrase that was typed already

	asked  map[string]int // by file, how often a password was asked for
	warned map[string]bool
}

func (x *secrets) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&x.passwordFile, "password-file", "", "file with the password of a KEM file; otherwise "+envKEMPassword+", or you are asked")
	f.StringVar(&x.passphraseFile, "passphrase-file", "", "file with the passphrase of an encrypted list (.age); otherwise "+envPassphrase+", or you are asked")
	f.StringVar(&x.identity, "identity", "", "key file of age for an encrypted list; otherwise "+envIdentity)
}

// options fill in what opens files.
func (x *secrets) options() table.Options {
	return table.Options{Password: x.password, Open: x.open}
}

// password gives the passwords for a KEM file, one after the other.
func (x *secrets) password(file string, again bool) (string, bool) {
	if x.asked == nil {
		x.asked = map[string]int{}
	}
	if !again {
		x.asked[file] = 0
		switch text, err := x.file(x.passwordFile, "holds a password"); {
		case err == nil && text != "":
			return text, true
		case os.Getenv(envKEMPassword) != "":
			return os.Getenv(envKEMPassword), true
		}
	}
	if x.asked[file]++; x.asked[file] > tries {
		return "", false
	}
	prompt := "Password of " + file + ": "
	if again {
		prompt = "Wrong password. " + prompt
	}
	text, err := x.ask(prompt)
	return text, err == nil && text != ""
}

// open decrypts a list.
func (x *secrets) open(file string, r io.Reader) (io.Reader, error) {
	secret, err := x.secret(file, false)
	if err != nil {
		return nil, &table.Refused{Finding: finding.Finding{Source: finding.Source{File: file}, Code: finding.FileEncrypted}, Cause: err}
	}
	plain, err := vault.Open(r, secret)
	switch {
	case errors.Is(err, vault.ErrWrong), errors.Is(err, vault.ErrKeyFile):
		return nil, &table.Refused{Finding: finding.Finding{Source: finding.Source{File: file}, Code: finding.PassphraseWrong}, Cause: err}
	case err != nil:
		return nil, &table.Refused{Finding: finding.Finding{Source: finding.Source{File: file}, Code: finding.FileBroken}, Cause: err}
	}
	return plain, nil
}

// errNoSecret says that nobody can be asked.
var errNoSecret = errors.New("no passphrase was given, and there is no terminal to ask on")

// secret is what opens, or seals, a list. A new passphrase is asked for twice.
func (x *secrets) secret(file string, fresh bool) (vault.Secret, error) {
	if x.given != "" {
		return vault.Secret{Passphrase: x.given}, nil
	}
	if path := firstOf(x.identity, os.Getenv(envIdentity)); path != "" {
		text, err := x.file(path, "opens lists")
		return vault.Secret{KeyFile: text}, err
	}
	if path := firstOf(x.passphraseFile, os.Getenv(envPassphraseFile)); path != "" {
		text, err := x.file(path, "holds a passphrase")
		return vault.Secret{Passphrase: text}, err
	}
	if text := os.Getenv(envPassphrase); text != "" {
		return vault.Secret{Passphrase: text}, nil
	}
	text, err := x.ask("Passphrase of " + file + ": ")
	if err == nil && fresh {
		var again string
		if again, err = x.ask("The same again: "); err == nil && again != text {
			err = errors.New("the passphrases differ")
		}
	}
	if err == nil && text == "" {
		err = errNoSecret
	}
	return vault.Secret{Passphrase: text}, err
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// file is secretFile, with a warning the first time.
func (x *secrets) file(path, holds string) (string, error) {
	if path != "" && !x.warned[path] {
		WarnExposed(x.s.Err, path, holds)
		if x.warned == nil {
			x.warned = map[string]bool{}
		}
		x.warned[path] = true
	}
	return secretFile(path)
}

// WarnExposed warns if every user of the machine can read a file that holds
// secrets. Windows has no such modes.
func WarnExposed(warn io.Writer, path, holds string) {
	const others = 0o004
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" || info.Mode()&others == 0 {
		return
	}
	fmt.Fprintf(warn, "earshot: %s %s, and every user of this machine can read it (mode %04o): chmod 600 %[1]s\n", path, holds, info.Mode().Perm())
}

// WarnExposedKeys is WarnExposed for a list, if it holds keys that can be read.
func WarnExposedKeys(warn io.Writer, path string, meters []site.Meter) {
	sealed := strings.EqualFold(filepath.Ext(path), ".age")
	if !sealed && slices.ContainsFunc(meters, func(m site.Meter) bool { return !m.Key.IsZero() }) {
		WarnExposed(warn, path, "holds keys")
	}
}

// secretFile reads a secret without its line end, "" for no file.
func secretFile(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret))
	return strings.TrimRight(strings.TrimPrefix(string(data), "\ufeff"), "\r\n"), err
}

// ask reads a secret from the terminal without showing it.
func (x *secrets) ask(prompt string) (string, error) {
	in, is := x.s.In.(*os.File)
	if !is || !term.IsTerminal(in.Fd()) {
		return "", errNoSecret
	}
	defer hideTyping(in.Fd())() // before the question: the answer may be pasted at once
	fmt.Fprint(x.s.Err, prompt)
	text, err := term.ReadPassword(in.Fd())
	fmt.Fprintln(x.s.Err)
	return string(text), err
}
