// Package keeper looks after receivers while they receive: one that answers and
// hears nothing is told deaf and reset, one that cannot hear all link modes at
// the same time lets them take turns, and one that was lost is opened again.
// A campaign, a hub that several sites share and a gateway that forwards use it
// alike; what each of them makes of it is its Follower's.
//
//   - ear.go: what one receiver hears, counted;
//   - keeper.go: receiving, and what goes on beside it;
//   - lost.go: how long a lost receiver is looked for.
//
// It must never know a meter list, what a telegram holds, a store or a screen.
package keeper
