// Package all is the list of drivers that the program is built with, and where
// a Spec becomes an open Receiver.
//
// It is a package of its own because drivers import package device. It must
// never know how a driver works; a test that needs other drivers builds its own
// Registry.
package all
