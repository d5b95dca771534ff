// Package setup is what the set-up screen works with: it remembers sites, lists folders,
// reads lists, watches ports, and tries brokers.
//
//   - memory.go is the file with the sites of earlier campaigns.
//   - backend.go answers the screen; watch.go is what is attached; broker.go tries a broker.
//   - run.go shows the screen, and makes flags of earshot run of what was chosen.
//
// It must never know a campaign that runs.
package setup
