// Package share lets several sites that are commissioned at the same time use
// the same receivers.
//
// A [Hub] opens each receiver once, keeps it receiving (collector/receivers),
// and hands each telegram to the site that expects it. To a site the hub is a
// list of receivers: [Hub.Receivers].
//
//   - A telegram that no site expects goes to the one site whose list may have
//     its number with a typing error, or else to none: then the hub counts it,
//     once.
//   - A meter that several sites expect is heard by all of them.
//   - For a site that does not listen yet the last few telegrams of each meter
//     are kept. Older ones are discarded and counted.
//   - A file of telegrams without times is not shared: each site reads
//     it on its own, and uses its own telegrams.
//
// The radio never waits: a hub passes a telegram on without waiting for
// anything but the sinks.
//
// It must never know a campaign, a verdict, a store or a screen.
package share
