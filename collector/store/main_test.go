package store

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// childVar names the part that the test binary plays as a child process, see
// children.
const childVar = "EARSHOT_STORE_CHILD"

// children are what a test runs in a process of its own, to kill it or to
// take its rights away. They are given the directory that the test has made.
var children = map[string]func(dir string) error{
	"commit":   childCommits,
	"halfway":  childHalfway,
	"hold":     childHolds,
	"lock":     childLocks,
	"readonly": childReads,
}

func TestMain(m *testing.M) {
	if child := children[os.Getenv(childVar)]; child != nil {
		if err := child(os.Args[len(os.Args)-1]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
