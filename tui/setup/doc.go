// Package setup is the screen before a campaign: which list, which receivers, which
// server, and which campaign.
//
// All that takes time, or touches files, ports and the network, is done by a Backend,
// which the commands give. The screen waits for none of it: a campaign starts without
// receivers and without a network, too.
package setup
