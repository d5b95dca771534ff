// Package tcp receives telegrams over the network: from a server that it
// connects to (tcp://host:port), or from senders that connect to it
// (tcp-listen://:9022) or send datagrams (udp-listen://:9011), as bridges and
// gateways do that open a connection for each telegram.
//
// What arrives is text by the rule of device/text, a line at a time, or
// a binary stream as text.Binary describes it. Which of them is recognised by
// its first bytes, for each connection, or fixed by ?format=text or ?format=raw
// at the end of the URL.
//
// Senders are not trusted: lines, peers, and what is told about them are
// bounded; a peer that sends what is no telegram for too long, a line without
// end, or a line slower than any radio, is cut off and told. The others go on.
// A listener without a host takes what any machine of the network sends.
//
// It must never know what a telegram says.
package tcp
