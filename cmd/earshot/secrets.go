package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"github.com/spf13/cobra"

	"earshot/cmd/earshot/lists"
	"earshot/collector/report"
	"earshot/device"
	"earshot/device/mqtt"
	"earshot/device/mqttconn"
)

// receiverPassword is where the password of receivers comes from unless a file is
// named.
const receiverPassword = "EARSHOT_RECEIVER_PASSWORD"

// receiverFlags are the flags that name receivers, and their logins.
type receiverFlags struct {
	names     []string
	users     []string
	passwords []string // files
}

func (f *receiverFlags) add(cmd *cobra.Command, usage string) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.names, "receiver", nil, usage+" (may be repeated)")
	flags.StringArrayVar(&f.users, "receiver-user", nil, "user name for receivers at a broker (mqtt://…): one for all, or one for each of them, in their order")
	flags.StringArrayVar(&f.passwords, "receiver-password-file", nil, "file with the password for --receiver-user: one for all, or one for each; default: the environment variable "+receiverPassword)
}

// specs reads the receivers' names and adds the logins to those at a broker. It
// warns of passwords on the command line, and of files that others can read.
func (f *receiverFlags) specs(warn io.Writer) ([]device.Spec, error) {
	var all []device.Spec
	var atBroker []int
	for _, name := range f.names {
		spec, err := device.ParseSpec(name)
		if err != nil {
			return nil, err
		}
		if spec.Driver == mqtt.Name || spec.Driver == mqtt.TLSName {
			atBroker = append(atBroker, len(all))
		}
		all = append(all, spec)
	}
	if len(atBroker) == 0 && len(f.users)+len(f.passwords) > 0 {
		return nil, usageError("--receiver-user and --receiver-password-file are for receivers at a broker: name one, such as --receiver mqtt://broker/topic")
	}
	for i, at := range atBroker {
		if err := f.login(all[at].URL, i, len(atBroker), warn); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// login adds the login of the i-th of n receivers at a broker to its URL.
func (f *receiverFlags) login(u *url.URL, i, n int, warn io.Writer) error {
	user, err := nth("receiver-user", f.users, i, n, "MQTT receiver")
	if err != nil {
		return err
	}
	file, err := nth("receiver-password-file", f.passwords, i, n, "MQTT receiver")
	if err != nil {
		return err
	}
	_, inURL := u.User.Password()
	switch {
	case user != "" && u.User.Username() != "":
		return usageError("--receiver %s has a user name, and so has --receiver-user: leave one of them out", u.Redacted())
	case file != "" && inURL:
		return usageError("--receiver %s has a password, and so has --receiver-password-file: leave the one in the URL out", u.Redacted())
	case inURL:
		fmt.Fprintf(warn, "earshot: the password in --receiver %s could be read in the list of processes and is in the history of the shell: use --receiver-user and --receiver-password-file\n", u.Redacted())
		return nil
	}
	if user == "" {
		user = u.User.Username()
	}
	switch {
	case user == "" && file != "":
		return usageError("--receiver-password-file needs --receiver-user for %s", u)
	case user == "":
		return nil
	}
	secret, err := password("receiver-password-file", file, receiverPassword, warn)
	if err != nil {
		return err
	}
	u.User = url.UserPassword(user, string(secret.Reveal()))
	if secret.IsZero() {
		u.User = url.User(user)
	}
	return nil
}

// nth is a flag's value for the i-th of n: the flag is given once for all, or once
// for each of what.
func nth(flag string, values []string, i, n int, what string) (string, error) {
	switch len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	case n:
		return values[i], nil
	}
	return "", usageError("--%s is given %d times for %s: give it once for all, or once for each, in their order", flag, len(values), report.Count(n, what))
}

// maxPassword bounds the file of a password.
const maxPassword = 64 << 10

// password reads the password of a flag from its file, which must have a single
// line, or from an environment variable if the flag is not given. It is never the
// value of a flag, which every user of the machine could read.
func password(flag, path, variable string, warn io.Writer) (mqttconn.Password, error) {
	if path == "" {
		return mqttconn.NewPassword(os.Getenv(variable)), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return mqttconn.Password{}, usage{fmt.Errorf("--%s: %w", flag, err)}
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxPassword+1))
	if err != nil {
		return mqttconn.Password{}, usage{fmt.Errorf("--%s: %w", flag, err)}
	}
	secret := strings.TrimRight(string(text), "\r\n")
	switch {
	case len(text) > maxPassword:
		err = errors.New("it is too large for a password")
	case secret == "":
		err = errors.New("it is empty")
	case strings.ContainsAny(secret, "\r\n"):
		err = errors.New("it has more than one line")
	}
	if err != nil {
		return mqttconn.Password{}, usageError("--%s %s: %v; write the password into it and nothing else", flag, path, err)
	}
	lists.WarnExposed(warn, path, "holds a password")
	return mqttconn.NewPassword(secret), nil
}

// takeArguments returns a copy of the command line in which to look for flags, and
// hides logins in the original: on Linux and macOS the strings of args are the
// memory that ps shows. hide replaces arguments with a login in a message.
func takeArguments(args []string) (own []string, hide func(string) string) {
	var pairs []string
	own = make([]string, len(args))
	open := 0 // the argument before, if it may have been cut within its login
	for i, arg := range args {
		own[i] = strings.Clone(arg)
		value := own[i]
		if strings.HasPrefix(value, "-") {
			_, value, _ = strings.Cut(value, "=")
		}
		shown := device.MaskLogin(value)
		if at := strings.LastIndexByte(value, '@'); at >= 0 && open > 0 && shown == value {
			shown = device.MaskLogin("tcp://" + value)[len("tcp://"):]
			pairs = append(pairs, cover(args[open], own[open], device.MaskLogin(own[open]+"@"))...)
		}
		open = 0
		if strings.Contains(value, ":/") && !strings.Contains(value, "@") {
			open = i
		}
		if shown != value {
			pairs = append(pairs, cover(arg, value, shown)...)
		}
	}
	return own, strings.NewReplacer(pairs...).Replace
}

// cover writes what is shown of a value over the end of an argument's memory, and
// returns how messages may write the value, each with what they show instead.
func cover(arg, value, shown string) (pairs []string) {
	if len(value) == 0 {
		return nil
	}
	if runtime.GOOS == "linux" || runtime.GOOS == "darwin" {
		memory := unsafe.Slice(unsafe.StringData(arg), len(arg))[len(arg)-len(value):]
		for i := copy(memory, shown); i < len(memory); i++ {
			memory[i] = ' '
		}
	}
	quote := func(s string) string { return strings.Trim(strconv.Quote(s), `"`) }
	return []string{value, shown, quote(value), quote(shown), filepath.Clean(value), filepath.Clean(shown)}
}
