package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"earshot/collector/upload/brokertest"
)

// silentBroker accepts connections and never answers.
func silentBroker(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// secretList is a list with a key, for its owner only.
func secretList(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte("id,key\n12345678,00112233445566778899AABBCCDDEEFF\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLoginLeavesTheProcessList starts the real program with logins in its
// arguments and reads what ps would show, at the program's first sentence.
func TestLoginLeavesTheProcessList(t *testing.T) {
	t.Parallel()
	broker, list := silentBroker(t), secretList(t)
	for name, args := range map[string][]string{
		"one":           {"--receiver", "mqtt://cellar:s3cr3t@" + broker + "/wmbus"},
		"equals":        {"--receiver=mqtt://cellar:s3cr3t@" + broker + "/wmbus"},
		"as the second": {"--receiver", "mqtt://" + broker + "/other", "--receiver", "mqtt://cellar:s3cr3t@" + broker + "/wmbus"},
	} {
		cmd := exec.CommandContext(t.Context(), "earshot", append([]string{"run", "--site", list, "--store", list + ".db", "--headless", "--new"}, args...)...)
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
		warnings, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(warnings)
		if !lines.Scan() || !strings.Contains(lines.Text(), "--receiver-user") || strings.Contains(lines.Text(), "s3cr3t") {
			t.Errorf("%s: it warns %q", name, lines.Text())
		}
		shown, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid))
		if err != nil || !bytes.Contains(shown, []byte("mqtt://…@")) || bytes.Contains(shown, []byte("s3cr3t")) || bytes.Contains(shown, []byte("cellar")) {
			t.Errorf("%s: ps shows %q, %v", name, shown, err)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// TestMistypedLogins runs the real program with addresses that cannot be read:
// nothing that it prints holds the password.
func TestMistypedLogins(t *testing.T) {
	t.Parallel()
	list := secretList(t)
	site := []string{"run", "--headless", "--site", list, "--receiver"}
	for _, args := range [][]string{
		append(site, "tcp://cellar:s3c r3t@host"),
		append(site, "tcp://cellar:s3cr3t@host:9022"),
		append(site, "tcp:/cellar:s3cr3t@host"),
		append(site, "mqtt:cellar:s3cr3t@host/topic"),
		append(site, "cellar:s3cr3t@host:1883/topic"),
		append(site, "mqtt://cellar:s3cr3t@host"),
		append(site, "mqtt://cellar:s3cr3t/4@host/topic"),
		append(site, "mqtt://cellar:12/s3cr3t@host/topic"),
		append(site, "mqtt://cellar:12?s3cr3t@host/topic"),
		append(site, "mqtt://cellar:s3cr3t"),
		append(site, "mqtt://cellar:1", "s3cr3t@host/topic"),
		append(site, "mqtt://cellar:x", "s3cr3t@host/topic"),
		append(site, "mqtt://cellar:s3cr3t@host:99999/topic"),
		append(site, "mqtt://cellar:s3cr3t@host/topic", "--receiver-user", "cellar"),
		append(site, "auto", "--mqtt", "mqtt://cellar:s3cr3t@host"),
		append(site, "auto", "--mqtt", "mqtt:/cellar:s3cr3t@host"),
		append(site, "auto", "--timeout", "mqtt://cellar:s3cr3t@host"),
		append(site, "auto", "--reciver", "mqtt://cellar:s3cr3t@host"),
		{"run", "--headless", "--receiver", "stdin:hex", "--site", "mqtt://cellar:s3cr3t@host/topic"},
		{"run", "--headless", "--receiver", "stdin:hex", "--site", list, "--store", "mqtt://cellar:s3cr3t@host/topic"},
		{"run", "--headless", "--receiver", "stdin:hex", "--site", list, "--until", "cellar:s3cr3t@host"},
		{"mqtt://cellar:s3cr3t@host"},
		{"record", "-o", "x", "--receiver", "tcp://cellar:s3cr3t@host"},
		{"forward", "--mqtt", "mqtt://host", "--receiver", "tcps://cellar:s3cr3t@host:1"},
		{"store", "check", "mqtt://cellar:s3cr3t@host"},
	} {
		cmd := exec.CommandContext(t.Context(), "earshot", args...)
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "HOME="+cmd.Dir, "XDG_DATA_HOME="+cmd.Dir)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitUsage || len(out) == 0 {
			t.Errorf("%q: %v, %s", args, err, out)
		}
		if text := string(out); strings.Contains(text, "s3cr3t") || strings.Contains(text, "r3t") {
			t.Errorf("%q shows the password: %s", args, out)
		}
	}
}

// TestLoginOfReceivers subscribes at a real Mosquitto that asks for a login, with
// the password from a file and from the environment.
func TestLoginOfReceivers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	logins, secret := filepath.Join(dir, "logins"), filepath.Join(dir, "password.txt")
	if out, err := exec.Command("mosquitto_passwd", "-b", "-c", logins, "cellar", "s3cr3t").CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(logins, 0o644), os.WriteFile(secret, []byte("s3cr3t\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	m := brokertest.StartMosquitto(t, "allow_anonymous false", "password_file "+logins)
	for _, way := range []struct {
		name string
		args []string
		env  string
		says string
	}{
		{name: "file", args: []string{"--receiver-user", "cellar", "--receiver-password-file", secret}, says: "(mode 0644): chmod 600 " + secret},
		{name: "environment", args: []string{"--receiver-user", "cellar"}, env: receiverPassword + "=s3cr3t"},
		{name: "wrong", args: []string{"--receiver-user", "cellar"}, env: receiverPassword + "=other", says: "rejects the connection"},
		{name: "no user", args: []string{"--receiver-password-file", secret}, says: "--receiver-password-file needs --receiver-user"},
		{name: "too many", args: []string{"--receiver-user", "a", "--receiver-user", "b"}, says: "given 2 times for 1"},
	} {
		out := filepath.Join(dir, way.name)
		cmd := exec.CommandContext(t.Context(), "earshot", append([]string{"record", "--receiver", "mqtt://" + m.Addr() + "/wmbus", "-o", out, "--for", "1s"}, way.args...)...)
		cmd.Env = append(os.Environ(), way.env)
		said, err := cmd.CombinedOutput()
		if refused := way.name != "file" && way.name != "environment"; (err != nil) != refused || !strings.Contains(string(said), way.says) || strings.Contains(string(said), "s3cr3t") {
			t.Errorf("%s: %v, %s", way.name, err, said)
		}
	}
}

// TestExposedFiles: a list with keys that others can read is named with its mode.
func TestExposedFiles(t *testing.T) {
	t.Parallel()
	list := secretList(t)
	for _, c := range []struct {
		mode os.FileMode
		says bool
	}{{mode: 0o600}, {mode: 0o640}, {mode: 0o644, says: true}, {mode: 0o604, says: true}} {
		if err := os.Chmod(list, c.mode); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"run", "--headless", "--site", list, "--receiver", "stdin:hex", "--store", list + ".db", "--timeout", "1s"},
			{"decode", "--keys", list, "00"},
			{"store", "check", "--site", list, list + ".db"},
		} {
			said, _ := exec.CommandContext(t.Context(), "earshot", args...).CombinedOutput() // some fail
			want := fmt.Sprintf("%s holds keys, and every user of this machine can read it (mode %04o): chmod 600 %[1]s", list, c.mode)
			if strings.Contains(string(said), want) != c.says {
				t.Errorf("%q with mode %04o: %s", args, c.mode, said)
			}
		}
	}
}
