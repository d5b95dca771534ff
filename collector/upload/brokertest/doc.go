// Package brokertest has what tests of the upload need: a real Mosquitto on a
// free port, a subscriber that counts what arrives, and a proxy that looks at
// the packets between client and broker, loses some or cuts the line.
//
// It is for tests only; nothing that is shipped may import it.
package brokertest
