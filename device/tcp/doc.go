// Package tcp receives telegrams over the network: from a server that it connects
// to (tcp://host:port), or from senders, such as bridges and gateways, that connect
// to it (tcp-listen://:9022) or send datagrams (udp-listen://:9011).
//
// A sender sends lines of text that device/text reads, or a binary stream as
// text.Binary describes it. The first bytes of each connection show which, unless
// ?format=text or ?format=raw at the end of the URL fixes it.
//
// Senders are not trusted: lines, peers, and reports about them are bounded. A peer
// is disconnected and reported if it sends nothing but other data for too long, a
// line without an end, or a line more slowly than any radio. Other peers are not
// affected. A listener without a host accepts any machine of the network.
//
// It must never know what a telegram says.
package tcp
