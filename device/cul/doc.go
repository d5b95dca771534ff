// Package cul drives receivers with culfw: busware's CUL, nanoCUL and other
// builds of it. Source: docs/protocol/dongles.md#cul.
//
// They speak lines of text: a telegram is b (frame format A) or bY (format B)
// and hex digits, with all CRCs of the link layer and, after X21, followed by LQI
// and RSSI (codec.go). No settings are in flash.
//
// Limits: they receive one mode at a time, except that current culfw receives C with
// T (the user is warned, since not every build may). a-culfw has no C at all, and
// other builds may lack it. Small builds cut off telegrams of more than about 110
// bytes, which are counted as damaged.
//
// It must never know what a telegram says beyond its header.
package cul
