package setup

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"earshot/tui"
	"earshot/tui/setup"
)

// Run shows the set-up, and returns what was chosen; nil if the installer left. Every
// port that it used is closed when it returns. That a site cannot be remembered is no
// reason not to start: warn says it.
func Run(ctx context.Context, env Env, screen tui.Config, ssh bool, warn func(error)) (*setup.Choice, error) {
	watching, stop := context.WithCancel(ctx)
	b := &backend{Env: env, ctx: watching, memory: memoryOfUser(), watcher: newWatcher(env.Watch)}
	var ports sync.WaitGroup
	ports.Go(func() { b.watcher.run(watching) })
	screen.Setup = &setup.Config{Backend: b, SSH: ssh}
	err := tui.Run(ctx, screen, tui.Terminal{})
	stop()
	ports.Wait()
	chosen := screen.Setup.Chosen
	if err != nil || chosen == nil || chosen.Demo {
		return chosen, err
	}
	if full, err := filepath.Abs(chosen.List); err == nil {
		chosen.List = full
	}
	chosen.Used = time.Now()
	if err := b.memory.remember(chosen.Site); err != nil {
		warn(err)
	}
	return chosen, nil
}

// Flags are those of earshot run that do what was chosen.
func Flags(c *setup.Choice) []string {
	flags := []string{"--site", c.List}
	for _, name := range c.Receivers {
		flags = append(flags, "--receiver", name)
	}
	if c.Server.Address != "" {
		flags = append(flags, "--mqtt", c.Server.Address)
		if c.Server.User != "" {
			flags = append(flags, "--mqtt-user", c.Server.User)
		}
	}
	if c.New {
		flags = append(flags, "--new")
	}
	if c.SkipBad {
		flags = append(flags, "--skip-bad-rows")
	}
	if c.Stay {
		return append(flags, "--stay")
	}
	return append(flags, "--stay=false")
}
