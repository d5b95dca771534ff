// Package share lets several sites that are commissioned at the same time hear
// with the same receivers.
//
// A [Hub] opens each receiver once, keeps it receiving (collector/receivers), and
// hands each telegram to the site that expects it. To a site the hub is a list of
// receivers as good as real ones: [Hub.Receivers].
//
//   - A telegram that no site expects goes to the one site whose list may have
//     it with a slip of the pen, or else to none: the hub counts it, once.
//   - A meter that several sites expect is heard by all of them.
//   - What is heard for a site that does not listen yet is kept until it does:
//     the last few telegrams of each meter. Older ones are discarded and counted.
//   - A file of telegrams without times is not shared: each site reads
//     it on its own, and takes what is its.
//
// The radio never waits: what a hub hands over, and to whom, takes no longer
// than a sink does.
//
// It must never know a campaign, a verdict, a store or a screen.
package share
