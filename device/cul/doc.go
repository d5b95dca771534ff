// Package cul drives receivers with culfw: busware's CUL, nanoCUL and other
// builds of it. Source: docs/protocol/dongles.md#cul.
//
// They speak lines of text: a telegram is b (frame format A) or bY (format B)
// and hex digits, with all CRCs of the link layer and, after X21, with LQI and
// RSSI behind (codec.go). Nothing lives in flash.
//
// What they cannot: one mode at a time, but C with T in current culfw (whether
// in every build is uncertain, so it is told); a-culfw has no C at all, and
// other builds may lack it. Small builds cut off telegrams of more than about
// 110 bytes: these are counted as broken.
//
// It must never know what a telegram says beyond its header.
package cul
