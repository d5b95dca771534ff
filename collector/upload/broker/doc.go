// Package broker is an MQTT 5 broker inside the program: for the demo and for
// tests. It listens on a free port of the loopback interface and lets
// everybody in.
//
// It keeps nothing: what it holds is gone when it is closed.
//
// The package must never know what is published or who publishes.
package broker
