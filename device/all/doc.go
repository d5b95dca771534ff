// Package all lists the drivers that the program is built with, and turns a Spec
// into an open Receiver.
//
// It is a separate package because drivers import package device. It must never
// know how a driver works. Tests that need other drivers build their own Registry.
package all
