package state

// For the tests of verdicts, which need the words.
var (
	Noon      = noon
	After     = after
	SmallSite = smallSite
	Volume    = volume
	Recorded  = recorded
	HeardAt   = heard
	Listening = listening
)
