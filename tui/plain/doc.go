// Package plain is the screen for screen readers, and for terminals that cannot draw: it
// prints one line for each change of state, below the others, and takes short commands.
//
// It draws nothing, and shows nothing by colour or place. What a command does about a meter
// is the screen's own: the keys of screen.Host.MeterKeys, with the same reasons, questions
// and prompts. A test holds that each of them has a command.
//
// It must never know the engine.
package plain
